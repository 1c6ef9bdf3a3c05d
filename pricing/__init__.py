"""Money: offers, price books, bills, commitments and charge-back, in exact decimals, with the standard library only."""
