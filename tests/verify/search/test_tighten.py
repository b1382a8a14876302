"""What is known of a constant never contradicts itself."""

from fractions import Fraction

from verify.search.tighten import _Bracket


def test_a_later_counterexample_takes_back_what_survived():
    bracket = _Bracket()
    bracket.refute(Fraction(1, 4))
    bracket.survive(bracket.next)
    assert bracket.low == Fraction(9, 40)
    assert bracket.next > bracket.low
    bracket.refute(Fraction(1, 5))
    assert bracket.low is None
    assert bracket.next == Fraction(9, 50)  # as far below as at first


def test_it_ends_when_what_survived_is_close_to_what_is_refuted():
    bracket, tried = _Bracket(), []
    while (value := bracket.next) is not None:
        tried.append(value)
        if value > 10:
            bracket.refute(Fraction(10))
        else:
            bracket.survive(value)
    assert bracket.low < bracket.high == 10
    assert bracket.high - bracket.low <= Fraction(1, 10**5)
    assert tried == [1, 4, 16, *sorted(tried[3:])]
