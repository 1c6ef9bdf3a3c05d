import ast
from decimal import Decimal
from pathlib import Path

import pytest

import pricing
from pricing.exchange import ExchangeRate, MissingRateError, convert, rate_for
from pricing.money import check_currency, check_decimal, parse_decimal, plain, round_money

SOURCES = sorted(Path(pricing.__file__).parent.glob("*.py"))


@pytest.mark.parametrize(("amount", "cents"), [("0.005", "0.01"), ("-0.005", "-0.01"), ("2.675", "2.68"), ("1.0049", "1.00")])
def test_halves_round_away_from_zero(amount, cents):
    assert round_money(Decimal(amount)) == Decimal(cents)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_binary_fraction_in_pricing(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"{path.name}:{node.lineno}"
        assert not (isinstance(node, ast.Name) and node.id == "float"), f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_pricing_imports_only_the_standard_library_and_itself(path):
    import sys

    allowed = {*sys.stdlib_module_names, "pricing"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert {name.partition(".")[0] for name in names} <= allowed


@pytest.mark.parametrize("value", [0.1, 1, Decimal("NaN"), Decimal("Infinity"), "1"])
def test_only_finite_decimals_are_money(value):
    with pytest.raises(ValueError, match="finite Decimal"):
        check_decimal("price", value)


@pytest.mark.parametrize("text", ["", "1,5", "1.000,00", "NaN", "inf", "0x1", "one"])
def test_what_is_no_plain_number_is_refused(text):
    with pytest.raises(ValueError, match="price is"):
        parse_decimal("price", text)


@pytest.mark.parametrize("currency", ["eur", "EURO", "€", "", "US$"])
def test_currency_has_three_capital_letters(currency):
    with pytest.raises(ValueError, match="ISO 4217"):
        check_currency(currency)


@pytest.mark.parametrize(("value", "text"), [("8E-6", "0.000008"), ("1E+3", "1000"), ("0.50", "0.5"), ("730", "730"), ("0", "0")])
def test_numbers_are_written_without_exponent(value, text):
    assert plain(Decimal(value)) == text


def test_exchange_multiplies_and_does_not_round(dollars):
    assert convert(Decimal("0.000008"), dollars) == Decimal("0.0000072")


def test_missing_rate_names_both_currencies():
    with pytest.raises(MissingRateError, match="from USD to EUR: add USD to"):
        rate_for((), "USD", "EUR")


def test_rate_is_never_inverted(dollars):
    with pytest.raises(MissingRateError):
        rate_for((dollars,), "EUR", "USD")


def test_a_currency_is_worth_itself():
    assert rate_for((), "EUR", "EUR").rate == 1
    with pytest.raises(ValueError, match="itself"):
        ExchangeRate("EUR", "EUR", Decimal(2))


@pytest.mark.parametrize("rate", ["0", "-1"])
def test_a_rate_is_above_zero(rate):
    with pytest.raises(ValueError, match="above zero"):
        ExchangeRate("USD", "EUR", Decimal(rate))
