"""What keys start: short conversations with the user and the bench."""
