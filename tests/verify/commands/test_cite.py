"""``certimin cite`` prints what to cite, and certimin as it is installed."""

from importlib.metadata import version

import pytest

from verify.references import entries, parse


def test_bibtex_of_a_theorem_and_of_certimin(certimin):
    code, out, err = certimin("cite", "M1")
    assert (code, err) == (0, "")
    found = parse(out)
    assert list(found) == [
        "mulayoff2020unique", "nar2018step", "kamber2025sharpness", "certimin2026"
    ]  # fmt: skip
    assert found["mulayoff2020unique"].bibtex == entries("theorems")["mulayoff2020unique"].bibtex
    assert f"howpublished = {{Version {version('certimin')}}}" in found["certimin2026"].bibtex


def test_each_work_once_and_certimin_last(certimin):
    code, out, _ = certimin("cite", "U1", "U9", "M1")
    found = list(parse(out))
    assert code == 0
    assert found[-1] == "certimin2026"
    assert {"sion1958general", "dai2021representation", "mulayoff2020unique"} < set(found)


def test_plain(certimin):
    code, out, _ = certimin("cite", "F5", "--plain")
    assert code == 0
    assert out == (
        "Laurent Dinh, Razvan Pascanu, Samy Bengio and Yoshua Bengio. Sharp minima can generalize "
        "for deep nets. Proceedings of the 34th International Conference on Machine Learning, "
        "1019–1028, 2017. https://arxiv.org/abs/1703.04933\n"
        "The certimin authors. certimin: certified minima of neural networks. "
        f"Version {version('certimin')}, 2026.\n"
    )


@pytest.mark.parametrize(("given", "said"), [(["M99"], "unknown theorem id 'M99'"), ([], "ID")])
def test_a_wrong_id_is_one_line(certimin, given, said):
    code, out, err = certimin("cite", *given)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err
