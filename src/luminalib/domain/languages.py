"""Languages by one code each: the shortest of ISO 639, whatever code or region somebody names them with."""

import re
from types import MappingProxyType

# ISO 639-2 in both forms (bibliographic and terminological), the standard members of macrolanguages, and codes that are withdrawn.
_PAIRS = """
aar:aa abk:ab afr:af aka:ak alb:sq als:sq amh:am ara:ar arb:ar arg:an arm:hy asm:as ava:av ave:ae aym:ay aze:az azj:az bak:ba
bam:bm baq:eu bel:be ben:bn bis:bi bod:bo bos:bs bre:br bul:bg bur:my cat:ca ces:cs cha:ch che:ce chi:zh chu:cu chv:cv cmn:zh
cor:kw cos:co cre:cr cym:cy cze:cs dan:da deu:de div:dv dut:nl dzo:dz ekk:et ell:el eng:en epo:eo est:et eus:eu ewe:ee fao:fo
fas:fa fij:fj fil:tl fin:fi fra:fr fre:fr fry:fy ful:ff gax:om geo:ka ger:de gla:gd gle:ga glg:gl glv:gv gre:el grn:gn guj:gu
hat:ht hau:ha hbs:sr heb:iw her:hz hin:hi hmo:ho hrv:hr hun:hu hye:hy ibo:ig ice:is ido:io iii:ii iku:iu ile:ie in:id ina:ia
ind:in ipk:ik isl:is ita:it iw:he jav:jw ji:yi jpn:ja jw:jv kal:kl kan:kn kas:ks kat:ka kau:kr kaz:kk khk:mn khm:km kik:ki
kin:rw kir:ky kom:kv kon:kg kor:ko kua:kj kur:ku lao:lo lat:la lav:lv lim:li lin:ln lit:lt ltz:lb lub:lu lug:lg lvs:lv mac:mk
mah:mh mal:ml mao:mi mar:mr may:ms mkd:mk mlg:mg mlt:mt mo:ro mol:ro mon:mn mri:mi msa:ms mya:my nau:na nav:nv nb:no nbl:nr
nde:nd ndo:ng nep:ne nld:nl nno:nn nob:no nor:no npi:ne nya:ny oci:oc oji:oj ori:or orm:om ory:or oss:os pan:pa per:fa pes:fa
pli:pi plt:mg pnb:pa pol:pl por:pt prs:fa pus:ps que:qu quz:qu roh:rm ron:ro rum:ro run:rn rus:ru sag:sg san:sa scc:sr scr:hr
sh:sr sin:si slk:sk slo:sk slv:sl sme:se smo:sm sna:sn snd:sd som:so sot:st spa:es sqi:sq srd:sc srp:sr ssw:ss sun:su swa:sw
swe:sv swh:sw tah:ty tam:ta tat:tt tel:te tgk:tg tgl:tl tha:th tib:bo tir:ti ton:to tsn:tn tso:ts tuk:tk tur:tr uig:ug ukr:uk
urd:ur uzb:uz uzn:uz ven:ve vie:vi vol:vo wel:cy wln:wa wol:wo xho:xh ydd:yi yid:yi yor:yo zha:za zho:zh zsm:ms zul:zu
"""
_CODES = MappingProxyType(dict(pair.split(":") for pair in _PAIRS.split()))
_NO_LANGUAGE = frozenset(("und", "mul", "zxx", "mis", "xxx", "unknown", "other", "none"))
_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*\Z")


def language_code(tag: str) -> str | None:
    """The code of a BCP 47 tag or an ISO 639 code: `en-GB`, `EN_us` and `eng` are all `en`; None for what is neither."""
    match = _TAG.match(tag.strip().lower())
    if match is None or match[1] in _NO_LANGUAGE:
        return None
    return _CODES.get(match[1], match[1])
