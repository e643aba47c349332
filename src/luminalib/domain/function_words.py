"""Words that carry no meaning of their own: articles, pronouns, prepositions, auxiliaries; compiled for LuminaLib."""
# ruff: noqa: RUF001  (letters of many scripts are meant)

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType

from luminalib.domain.spelling import fold

_LISTS = {
    "en": """a about above across after afterwards again against ain't all almost alone along already also although always am
        amid among amongst amoungst amount an and another any anybody anyhow anyone anything anyway anywhere are
        aren't around as at away back be became because become becomes becoming been before beforehand behind
        being below beside besides between beyond both bottom but by call can can't cannot cant could couldn't
        couldnt did didn't do does doesn't doing don't done down due during each eg eight either eleven else
        elsewhere empty enough etc even ever every everybody everyone everything everywhere except few fifteen
        fifty first five for former formerly forty four from front full further get give go had hadn't half has
        hasn't hasnt have haven't having he he's hence her here hereafter hereby herein hereupon hers herself
        him himself his how however hundred i i'd i'll i'm i've ie if in inc indeed into is isn't it it's its
        itself just keep last latter latterly least less lest let's ltd made many may me meanwhile might mine
        more moreover most mostly much must my myself name namely near need neither never nevertheless next nine
        no nobody none noone nor not nothing now nowhere o'clock of off often on once one ones only onto or
        other others otherwise ought our ours ourselves out over own part per perhaps please put quite rather
        same see seem seemed seeming seems several shall she she's should shouldn't side since six sixty so some
        somebody somehow someone something sometime sometimes somewhere soon still such take ten than that
        that's the thee their theirs them themselves then thence there there's thereafter thereby therefore
        therein thereupon these they they're thine third this those thou though three through throughout thru
        thus thy to together too top toward towards twelve twenty two under unless until up upon us very via was
        wasn't we we're well were weren't what whatever when whence whenever where whereafter whereas whereby
        wherein whereupon wherever whether which whichever while whither who whoever whole whom whose why will
        with within without won't would wouldn't ye yet you you'll you're you've your yours yourself yourselves""",
    "fr": """le la les l un une des du de d au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur
        leurs je j tu il elle on nous vous ils elles me m te t se s lui eux moi toi soi y en qui que qu quoi dont où
        lequel laquelle lesquels lesquelles celui celle ceux celles ceci cela ça c rien tout tous toute toutes autre
        autres même mêmes quelque quelques chaque aucun aucune plusieurs tel telle tels telles et ou mais ni car donc or
        si comme quand lorsque lorsqu puisque puisqu parce afin quoique à dans par pour sur avec sans sous entre vers
        chez contre depuis pendant avant après devant derrière jusque jusqu dès près ne n pas plus moins très bien mal
        peu trop assez aussi encore déjà jamais toujours souvent puis alors ainsi ici là non oui ne être suis es est
        sommes êtes sont étais était étions étaient fut furent sera seront serait soit été étant avoir ai as a avons
        avez ont avais avait avions avaient eut eurent aura auront aurait ait eu ayant fait faire fais font faisait dit
        dire peut peuvent pouvait doit doivent va vont
        pourquoi combien quel quelle quels quelles""",
    "de": """der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner mein meine meinen
        meinem meiner dein deine sein seine seinen seinem seiner ihr ihre ihren ihrem ihrer unser unsere euer eure
        dieser diese dieses diesen diesem jener jene jenes jenen jeder jede jedes jeden jedem alle allen aller alles
        welche welcher welches solche manche andere anderen ich du er sie es wir mich mir dich dir ihn ihm uns euch
        ihnen man sich wer wen wem was etwas nichts selbst und oder aber denn sondern doch als wie wenn weil dass daß ob
        da damit obwohl während bevor nachdem bis sowie in im ins an am ans auf aus bei beim mit nach von vom vor zu zum
        zur über unter für durch gegen ohne um zwischen seit hinter nicht nur auch noch schon so sehr mehr immer wieder
        hier dort nun dann also nie ganz etwa hin her ja nein wo warum wann bin bist ist sind seid war waren wird werden
        wurde wurden worden habe hast hat haben hatte hatten kann können konnte muss müssen musste soll sollen sollte
        will wollen wollte darf dürfen mag möchte sei wäre würde gibt heißt dabei dazu davon daraus dadurch dafür daran
        darauf deren dessen bzw
        wieviel wohin woher wessen weshalb weswegen""",
    "es": """el la los las un una unos unas lo al del de este esta estos estas ese esa esos esas aquel aquella aquellos
        aquellas esto eso mi mis tu tus su sus nuestro nuestra nuestros nuestras yo tú él ella usted nosotros ellos
        ellas ustedes me te se le les nos os que quien quienes cual cuales cuyo cuya qué quién algo alguien nada nadie
        todo toda todos todas otro otra otros otras mismo misma cada algún alguna algunos algunas ningún ninguna varios
        y e o u pero ni sino aunque porque pues si como cuando donde mientras a ante bajo con contra desde en entre
        hacia hasta para por según sin sobre tras durante no sí más menos muy mucho mucha muchos muchas poco tan tanto
        también ya aún todavía siempre nunca así aquí allí ahora después antes bien ser soy eres es somos son era eras
        eran fue fueron será sido siendo estar está están estaba estaban haber he ha han había habían hay hubo tener
        tiene tienen tenía puede pueden podía hacer hace hizo dijo
        cuál cuáles cuánto cuánta cuántos cuántas dónde cuándo cómo""",
    "it": """il lo la i gli le l un uno una del dello della dei degli delle dell di d al allo alla ai agli alle all dal dalla
        dai dalle dall nel nello nella nei nelle nell sul sulla sui sulle questo questa questi queste quello quella
        quelli quelle quel quei mio mia miei mie tuo tua suo sua suoi sue nostro nostra vostro vostra loro io tu lui lei
        egli ella noi voi essi mi ti si ci vi ne lo li che chi cui quale quali cosa qualcosa niente nulla nessuno tutto
        tutta tutti tutte altro altra altri altre stesso stessa ogni e ed o ma né se come quando dove perché poiché
        mentre anche a ad in con su per tra fra da senza sotto sopra verso contro dopo prima durante non sì più meno
        molto molta molti poco tanto così già ancora sempre mai qui là ora poi bene essere sono sei è siamo siete era
        erano fu furono sarà stato stata sia avere ho hai ha abbiamo hanno aveva avevano ebbe può possono poteva fare fa
        fatto disse
        quanto quanta quanti quante""",
    "pt": """o a os as um uma uns umas do da dos das de no na nos nas em ao aos à às pelo pela pelos pelas este esta estes
        estas esse essa esses essas aquele aquela aqueles aquelas isto isso aquilo meu minha meus minhas teu tua seu sua
        seus suas nosso nossa nossos eu tu ele ela você nós eles elas vocês me te se lhe lhes nos que quem qual quais
        cujo cuja algo alguém nada ninguém tudo todo toda todos todas outro outra outros outras mesmo mesma cada algum
        alguma alguns algumas nenhum nenhuma e ou mas nem porque pois se como quando onde enquanto embora também com
        contra desde entre para por perante sem sob sobre até após durante não sim mais menos muito muita muitos muitas
        pouco tão tanto já ainda sempre nunca assim aqui ali agora depois antes bem ser sou é somos são era eram foi
        foram será sido estar está estão estava estavam ter tem têm tinha tinham haver há havia pode podem podia fazer
        faz fez disse
        quanto quanta quantos quantas""",
    "nl": """de het een der des den deze dit die dat mijn jouw zijn haar ons onze jullie hun ik jij je u hij zij ze wij we
        mij me jou hem hen elkaar zich zelf wie wat welke iets niets iemand niemand alles alle allen ander andere
        anderen elk elke ieder iedere enkele en of maar want dus als dan toen omdat doordat hoewel terwijl zodat dat in
        op aan bij met van voor door over onder tussen naar uit om tot tegen zonder sinds na te ten ter niet geen wel
        ook nog al zo zeer meer meest minder veel weinig altijd nooit hier daar er nu toch weer heel erg waar hoe waarom
        ben bent is was waren wordt worden werd werden geweest heb hebt heeft hebben had hadden kan kunnen kon konden
        moet moeten moest zal zullen zou zouden wil willen wilde mag mogen gaat gaan doet doen
        hoeveel wanneer""",
    "ar": """في من على إلى عن مع هذا هذه ذلك تلك التي الذي الذين اللتين اللذين ما لا لم لن إن أن أنّ إنّ كان كانت يكون تكون
        قد هو هي هم نحن أنا أنت كل كلّ بعض أي أيّ أو ثم ثمّ بل لكن لكنّ إذا لو حتى حتّى عند عندما بعد قبل بين منذ خلال
        حول دون غير سوى أيضًا أيضا كما مثل فقط هناك هنا يمكن ليس ليست عليه عليها فيه فيها منه منها به بها له لها إليه
        أنه أنها أنّه أنّها لأن لأنّ وهو وهي ولا وما ومن وفي وإن كيف ماذا لماذا يا لدى عبر ضد نحو وقد وأن أمّا إمّا حيث
        بحيث وهذا وهذه ومع ولكن لقد""",
    "ru": """и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее её мне было вот от
        меня еще ещё нет о из ему теперь когда даже ну вдруг ли если уже или ни быть был него до вас нибудь опять уж вам
        ведь там потом себя ничего ей может они тут где есть надо ней для мы тебя их чем была сам чтоб без будто чего
        раз тоже себе под будет ж тогда кто этот того потому этого какой совсем ним здесь этом один почти мой тем чтобы
        нее сейчас были куда зачем всех можно при об другой хоть после над больше тот через эти нас про всего них какая
        много разве эту моя свою этой перед лучше том такой им более всегда конечно всю между это сказал""",
    "la": """et in est non ad ut cum sed si quod qui quae ac atque nec neque ex per ab aut eius hic haec hoc ipse ille sit
        esse sunt enim nam vel eget at sed a ut nec vitae quis""",
}

FUNCTION_WORDS: MappingProxyType[str, frozenset[str]] = MappingProxyType(
    {code: frozenset(words.split()) for code, words in _LISTS.items()}
)
"""The words of each language (ISO 639-1), in lower case as they are written."""
_QUESTIONS_KEPT = 256
"""Each is asked for its telling words by all who look for an answer to it."""
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|dell|nell|all|dall|sull|un|quell|gl)'(?=.)")


@cache
def _empty() -> Mapping[str, frozenset[str]]:
    """The same in normal form; made when it is first asked for, as a command that asks nothing should not wait for it."""
    return {code: frozenset(map(fold, words)) for code, words in FUNCTION_WORDS.items()}


@cache
def _every() -> frozenset[str]:
    return frozenset().union(*_empty().values())


def bare(word: str) -> str:
    """A word in normal form without an elided article before it and a possessive behind it."""
    if "'" not in word:
        return word
    return _ELIDED.sub("", word).removesuffix("'s").replace("'", "")


def is_telling(word: str) -> bool:
    """Whether a word (in normal form) is a function word of no language."""
    every = _every()
    return not (word in every or ("'" in word and bare(word) in every))


def empty_words(language: str | None) -> frozenset[str]:
    """The function words of a language (any code of it) in normal form; those of English where it is unknown or has no list."""
    return _empty().get((language or "")[:2].lower(), _empty()["en"])


def share_of(words: Sequence[str], code: str) -> float:
    """How many of the words (in normal form) are function words of a language; 0.0 to 1.0."""
    empty = _empty()[code]
    return sum(word in empty or bare(word) in empty for word in words) / max(1, len(words))


def telling_words(words: Sequence[str]) -> list[str]:
    """The words (in normal form) of a question that tell something, each once and as it stands.

    Function words of the question's own language are left out, unless it has no others.
    """
    return list(_telling_words(tuple(dict.fromkeys(words))))


@lru_cache(maxsize=_QUESTIONS_KEPT)
def _telling_words(distinct: tuple[str, ...]) -> tuple[str, ...]:
    empty = _function_words_of(distinct)
    return tuple(word for word in distinct if not (word in empty or bare(word) in empty)) or distinct


def _function_words_of(words: Sequence[str]) -> frozenset[str]:
    """Those of the language, or of the languages, of which the words have most."""
    counts = {code: sum(word in empty or bare(word) in empty for word in words) for code, empty in _empty().items()}
    most = max(counts.values())
    if not most:
        return frozenset()
    return frozenset().union(*(_empty()[code] for code, count in counts.items() if count == most))
