import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from luminalib.adapters.security.sealing import AesSealer
from luminalib.ports.sealing import SealBroken

OLD, NEW = "the key of last year, sixteen bells", "the key of this year, sixteen bells"
SECRET = "whsec_é " * 20


def test_what_was_sealed_can_be_opened_and_looks_different_each_time() -> None:
    sealer = AesSealer([NEW])
    first, second = sealer.seal("a", SECRET), sealer.seal("a", SECRET)
    assert first != second
    assert first.isascii()
    assert "whsec" not in first
    assert sealer.open("a", first) == sealer.open("a", second) == SECRET
    assert sealer.open("a", sealer.seal("a", "")) == ""


def test_no_other_tenant_can_open_it() -> None:
    sealer = AesSealer([NEW])
    with pytest.raises(SealBroken):
        sealer.open("b", sealer.seal("a", SECRET))


def test_an_earlier_master_opens_but_does_not_seal() -> None:
    kept = AesSealer([OLD]).seal("a", SECRET)
    rotated = AesSealer([NEW, OLD])
    assert rotated.open("a", kept) == SECRET
    assert AesSealer([NEW]).open("a", rotated.seal("a", SECRET)) == SECRET
    with pytest.raises(SealBroken, match="LUMINALIB_PREVIOUS_SEALING_KEYS"):
        AesSealer([NEW]).open("a", kept)


def test_whatever_is_changed_in_it_breaks_the_seal() -> None:
    sealer = AesSealer([NEW, OLD])
    sealed = sealer.seal("a", "short")
    for at in range(len(sealed) - 2):  # the last digits of base64 may not count
        broken = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
        with pytest.raises(SealBroken):
            sealer.open("a", broken)
    for nonsense in ("", ".", "1", "1..", sealed[:-4], sealed.replace("1.", "2.", 1), "é" * 40):
        with pytest.raises(SealBroken):
            sealer.open("a", nonsense)


def test_each_tenant_has_a_key_of_its_own() -> None:
    sealer = AesSealer([NEW])
    master, one, other = next(iter(sealer._masters)), *(sealer._cipher(sealer._sealing_id, tenant) for tenant in "ab")
    assert isinstance(one, AESGCM)
    assert one is not other
    assert one is sealer._cipher(master, "a")
