"""How a library answers: how sure it wants to be, and its own words around what its books say."""
# ruff: noqa: RUF001 -- French has apostrophes

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from luminalib.domain.confidence import SURE


class Language(StrEnum):
    """Languages that the library has words of its own in (ISO 639-1)."""

    ENGLISH = "en"
    GERMAN = "de"
    FRENCH = "fr"
    SPANISH = "es"
    ITALIAN = "it"


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerWords:
    """What the library says itself, in one language.

    `place` takes title, page and quotation, `further` the markers of places, `loan` a title and its last day, written as `day` has
    it, and `on_loan` all of those.
    """

    refusal: str
    not_sure: str
    nearest: str
    gladly: str
    sorry: str
    place: str
    further: str
    greeting: str
    thanks: str
    cancelled: str
    interrupted: str
    unavailable: str
    on_loan: str
    loan: str
    day: str
    no_loans: str

    def loans(self, titles: Sequence[tuple[str, date]]) -> str:
        """What somebody has on loan, and until when."""
        lines = [self.loan.format(title=title, day=f"{due:{self.day}}") for title, due in titles]
        return self.on_loan.format(titles="; ".join(lines)) if lines else self.no_loans


WORDS: Mapping[Language, AnswerWords] = MappingProxyType(
    {
        Language.ENGLISH: AnswerWords(
            refusal="I cannot answer that from this library.",
            not_sure="I am not sure. These are the places that come nearest:",
            nearest="I am not sure. This is what comes nearest:",
            gladly="Gladly! This is what I found:",
            sorry="I could not find a clear answer, sorry. Perhaps one of these places helps:",
            place="In “{title}”, page {page}: {quote}",
            further="See also {places}.",
            greeting="Hello! Ask me about the books of this library: I answer with quotations and their pages. "
            "I also know what you have on loan.",
            thanks="You are welcome.",
            cancelled="This answer was cancelled.",
            interrupted="The server stopped while it was answering. Ask again.",
            unavailable="The library could not answer just now. Ask again in a moment.",
            on_loan="You have on loan: {titles}.",
            loan="“{title}”, due on {day}",
            day="%d %B %Y",
            no_loans="You have nothing on loan.",
        ),
        Language.GERMAN: AnswerWords(
            refusal="Das kann ich aus dieser Bibliothek nicht beantworten.",
            not_sure="Ich bin nicht sicher. Diese Stellen kommen dem am nächsten:",
            nearest="Ich bin nicht sicher. Das kommt dem am nächsten:",
            gladly="Gern! Das habe ich gefunden:",
            sorry="Eine klare Antwort habe ich leider nicht gefunden. Vielleicht hilft eine dieser Stellen:",
            place="In „{title}“, Seite {page}: {quote}",
            further="Siehe auch {places}.",
            greeting="Hallo! Fragen Sie mich nach den Büchern dieser Bibliothek: Ich antworte mit Zitaten und ihren Seiten. "
            "Ich weiß auch, was Sie ausgeliehen haben.",
            thanks="Gern geschehen.",
            cancelled="Diese Antwort wurde abgebrochen.",
            interrupted="Der Server wurde angehalten, während er antwortete. Bitte fragen Sie noch einmal.",
            unavailable="Die Bibliothek konnte gerade nicht antworten. Bitte fragen Sie gleich noch einmal.",
            on_loan="Sie haben ausgeliehen: {titles}.",
            loan="„{title}“, fällig am {day}",
            day="%d.%m.%Y",
            no_loans="Sie haben nichts ausgeliehen.",
        ),
        Language.FRENCH: AnswerWords(
            refusal="Je ne peux pas répondre à cela avec cette bibliothèque.",
            not_sure="Je n’en suis pas sûr. Voici les passages qui s’en approchent le plus :",
            nearest="Je n’en suis pas sûr. Voici ce qui s’en approche le plus :",
            gladly="Volontiers ! Voici ce que j’ai trouvé :",
            sorry="Je n’ai pas trouvé de réponse claire, désolé. Un de ces passages aidera peut-être :",
            place="Dans « {title} », page {page} : {quote}",
            further="Voir aussi {places}.",
            greeting="Bonjour ! Interrogez-moi sur les livres de cette bibliothèque : je réponds par des citations et leurs pages. "
            "Je sais aussi ce que vous avez emprunté.",
            thanks="Je vous en prie.",
            cancelled="Cette réponse a été annulée.",
            interrupted="Le serveur s’est arrêté pendant qu’il répondait. Posez la question à nouveau.",
            unavailable="La bibliothèque n’a pas pu répondre à l’instant. Posez la question à nouveau dans un moment.",
            on_loan="Vous avez emprunté : {titles}.",
            loan="« {title} », à rendre le {day}",
            day="%d/%m/%Y",
            no_loans="Vous n’avez rien emprunté.",
        ),
        Language.SPANISH: AnswerWords(
            refusal="No puedo responder a eso con esta biblioteca.",
            not_sure="No estoy seguro. Estos son los pasajes que más se acercan:",
            nearest="No estoy seguro. Esto es lo que más se acerca:",
            gladly="¡Con gusto! Esto es lo que he encontrado:",
            sorry="No he encontrado una respuesta clara, lo siento. Quizá ayude uno de estos pasajes:",
            place="En «{title}», página {page}: {quote}",
            further="Véase también {places}.",
            greeting="¡Hola! Pregúnteme por los libros de esta biblioteca: respondo con citas y sus páginas. "
            "También sé qué tiene usted en préstamo.",
            thanks="De nada.",
            cancelled="Esta respuesta se canceló.",
            interrupted="El servidor se detuvo mientras respondía. Pregunte otra vez.",
            unavailable="La biblioteca no ha podido responder ahora. Pregunte otra vez dentro de un momento.",
            on_loan="Tiene en préstamo: {titles}.",
            loan="«{title}», hasta el {day}",
            day="%d/%m/%Y",
            no_loans="No tiene nada en préstamo.",
        ),
        Language.ITALIAN: AnswerWords(
            refusal="Non posso rispondere a questo con questa biblioteca.",
            not_sure="Non ne sono sicuro. Questi sono i passi che vi si avvicinano di più:",
            nearest="Non ne sono sicuro. Questo è ciò che vi si avvicina di più:",
            gladly="Volentieri! Ecco che cosa ho trovato:",
            sorry="Non ho trovato una risposta chiara, mi dispiace. Forse aiuta uno di questi passi:",
            place="In «{title}», pagina {page}: {quote}",
            further="Si veda anche {places}.",
            greeting="Buongiorno! Mi chieda dei libri di questa biblioteca: rispondo con citazioni e le loro pagine. "
            "So anche che cosa ha in prestito.",
            thanks="Prego.",
            cancelled="Questa risposta è stata annullata.",
            interrupted="Il server si è fermato mentre rispondeva. Provi a chiedere di nuovo.",
            unavailable="La biblioteca non ha potuto rispondere in questo momento. Chieda di nuovo tra poco.",
            on_loan="Ha in prestito: {titles}.",
            loan="«{title}», entro il {day}",
            day="%d/%m/%Y",
            no_loans="Non ha nulla in prestito.",
        ),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerRules:
    """What a library says to what it cannot answer, from what confidence on it answers, and its words."""

    refusal: str
    sure: float = SURE
    words: AnswerWords = WORDS[Language.ENGLISH]
