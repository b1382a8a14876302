"""O6's remark: quadratic Darboux polynomials of descent on three scalar layers, eliminated exactly.

The map is w_k - rπ_k (m = 1, 2η = 1).  With p_2 the quadratic part, p divides r p_2(π) - ∇p·π, and
the cofactor k is determined degree by degree from p k = r p_2(π) - ∇p·π.
"""

import pytest
import sympy as sp

w = x, y, z = sp.symbols("x y z")
c = sp.symbols("c0:9")
MONOMIALS = (x * x, y * y, z * z, x * y, x * z, y * z, *w)
PI, PRODUCT = (y * z, x * z, x * y), x * y * z

pytestmark = pytest.mark.slow


def graded(f):
    """The parts of a polynomial by degree."""
    parts = {}
    for powers, coefficient in sp.Poly(f, *w).terms():
        parts[sum(powers)] = parts.get(sum(powers), 0) + coefficient * x ** powers[0] * (
            y ** powers[1] * z ** powers[2]
        )
    return parts


def sides(p):
    """What p has to divide, by degree."""
    top = graded(p).get(2, sp.Integer(0))
    bent = top.subs(dict(zip(w, PI, strict=True)), simultaneous=True)
    slope = sum(sp.diff(p, v) * g for v, g in zip(w, PI, strict=True))
    return graded(sp.expand((PRODUCT - 1) * bent - slope))


def conditions(p):
    """The equations for the coefficients of p, p(0) = 1: degrees 6 and 7 of p k."""
    parts, right, k, found = graded(p), sides(p), {}, []
    for d in range(8):
        left = sum(parts.get(i, 0) * k.get(d - i, 0) for i in (1, 2))
        rest = sp.expand(right.get(d, 0) - left)
        if d <= 5:
            k[d] = rest
        elif rest:
            found += sp.Poly(rest, *w).coeffs()
    return [f for f in map(sp.expand, found) if f]


def quadratic(**values):
    """1 + Σ c_i m_i with some coefficients given."""
    p = 1 + sum(a * b for a, b in zip(c, MONOMIALS, strict=True))
    return sp.expand(p.subs({sp.Symbol(name): value for name, value in values.items()}))


def forced(equations, *unknowns):
    """The unknowns that have a power in the ideal: they vanish at every solution."""
    basis = sp.groebner(equations, *unknowns, order="grevlex")
    return {v for v in unknowns if any(basis.contains(v**n) for n in (1, 2, 3, 4, 5, 6))}


def test_constants_and_quadratics_without_linear_part():
    found = forced(conditions(quadratic(c6=0, c7=0, c8=0)), *c[:6])
    assert found == set(c[:6])


def test_a_square_leaves_no_other_linear_term():
    """c0 != 0 implies c7 = c8 = 0: two squares then leave no linear part at all."""
    a, b, d, e = (c[i] for i in (0, 4, 6, 8))  # x², xz, x, z
    first = a**2 * e + 2 * a * b * d - 3 * a * d**2 * e - b * d**3 + d**4 * e
    second = a * b - 2 * a * d * e - b * d**2 + d**3 * e
    equations = {sp.expand(f) for f in conditions(quadratic())}
    assert {sp.expand(first), -sp.expand(first)} & equations
    assert {sp.expand(a * second), -sp.expand(a * second)} & equations
    # (a - d²) first = a³ e + ... second, so that a³ e = 0 where both vanish and a != 0
    assert sp.expand((a - d**2) * first - d * (2 * a - d**2) * second - a**3 * e) == 0


def test_one_square():
    p = quadratic(c1=0, c2=0, c7=0, c8=0)
    unknowns = [c[i] for i in (0, 3, 4, 5, 6)]
    assert forced(conditions(p), *unknowns) == set(unknowns)


def test_no_square():
    """Then c6 != 0 (or another linear term, by symmetry) implies c3 = c6c7 and c4 = c6c8."""
    equations = conditions(quadratic(c0=0, c1=0, c2=0))
    for mixed, linear in ((c[4], c[8]), (c[3], c[7])):
        wanted = sp.expand(c[6] ** 3 * (c[6] * linear - mixed))
        assert {wanted, -wanted} & set(equations)
    p = quadratic(c0=0, c1=0, c2=0, c3=c[6] * c[7], c4=c[6] * c[8])
    assert c[6] in forced(conditions(p), c[5], c[6], c[7], c[8])


def test_through_the_origin():
    """There the linear part divides Σ a_kπ_k: x - y up to symmetry, and nothing else remains."""
    top = sum(a * b for a, b in zip(c[:6], MONOMIALS[:6], strict=True))
    right, k, found = sides(x - y + top), {0: sp.Integer(0)}, []
    for d in range(2, 8):
        rest = sp.expand(right.get(d, 0) - top * k.get(d - 2, 0))
        if d == 7:
            found += sp.Poly(rest, *w).coeffs()
            break
        quotient, remainder = sp.div(sp.Poly(rest, x), sp.Poly(x - y, x))
        k[d - 1] = sp.expand(quotient.as_expr())
        if not remainder.is_zero:
            found += sp.Poly(sp.expand(remainder.as_expr()), y, z).coeffs()
    basis = sp.groebner([f for f in map(sp.expand, found) if f], *c[:6], order="grevlex")
    # what remains is (x - y) times a linear form that vanishes
    free = [f for f in basis.exprs if sp.Poly(f, *c[:6]).total_degree() == 1]
    solved = sp.solve(free, c[:6], dict=True)[0]
    assert sp.expand(top.subs(solved)) == 0


def test_quadratic_forms():
    """Both p | ∇p·π and p | p(π): only products of w_i ± w_j."""
    top = sum(a * b for a, b in zip(c[:6], MONOMIALS[:6], strict=True))
    factor = sp.symbols("a0:3")
    slope = sum(sp.diff(top, v) * g for v, g in zip(w, PI, strict=True))
    linear = sum(a * v for a, v in zip(factor, w, strict=True))
    equations = sp.Poly(sp.expand(slope - top * linear), *w).coeffs()
    cones = 0
    for solution in sp.solve(equations, [*c[:6], *factor], dict=True):
        p = sp.factor(top.subs(solution))
        pieces = [f for f, _ in sp.factor_list(p, *w)[1]]
        if all(sp.Poly(f, *w).total_degree() == 1 for f in pieces):
            assert all(len(sp.Poly(f, *w).terms()) == 2 for f in pieces)
            continue
        cones += 1  # c0 x² + c1 y² + c2 z² with c0 + c1 + c2 = 0
        bent = p.subs(dict(zip(w, PI, strict=True)), simultaneous=True)
        rest = sp.rem(sp.Poly(bent, z), sp.Poly(p, z)).as_expr()
        # it divides only if c0 or c1 vanishes: x² - y² and the like
        assert sp.expand(c[2] * rest - c[1] * (c[1] + c[2]) * (x**2 - y**2) ** 2) == 0
    assert cones == 1
