"""Titles and names that programs and accounts leave in files, in the languages that they are sold in."""
# ruff: noqa: E501, RUF001  (lists in many languages)

import re

# What programs put there by themselves, in the languages that they are sold in; a number or (1) may follow.
_TITLES = (
    # English
    "untitled|unnamed|unknown|unspecified|no title|no name|noname|title|book title|your title( here)?|document|new document|word document|"
    "(?:new )?microsoft (?:office )?(?:word document|powerpoint presentation|excel worksheet|publisher document)|"
    "neues? microsoft(?: office)?[ -](?:word|powerpoint|excel|publisher)[ -](?:dokument|präsentation|arbeitsblatt)|"
    "nouveau (?:document|présentation|feuille de calcul) microsoft (?:office )?(?:word|powerpoint|excel)|nuevo documento de microsoft word|"
    "presentation|powerpoint presentation|new presentation|slide|sheet|worksheet|spreadsheet|book|workbook|blank|"
    "blank page|page|print|print job|full page photo|layout|default|template|test page|temp|tmp|draft|cover|cover page|front ?matter|publication|"
    "(?:half )?title ?page|title verso|(?:table of )?contents|front cover|back cover|book cover|copyright page|blank document|"
    "brochure|author|subject|anonymous|microsoft word|microsoft powerpoint|pdf|pdf document|scanned document|fax|web page|new|text|"
    "untitled - (?:notepad|wordpad|paint)|enscript output|pdf ?file|google (?:translate|traduction|traductor|übersetzer|tradutor|traduttore)|(?:test|my) document|"
    # What templates and accounts call "my document" or ask for as "document title"
    "(?:my )?(?:first|sample|example) document|my (?:presentation|ebook|e-book|pdf|file)|new (?:book|ebook|project)|lorem ipsum(?: dolor sit amet)?|"
    "(?:document|book|report|presentation|paper) title|(?:insert|enter|type|add|your) (?:(?:the|your|a) )?(?:document |book )?title(?: here)?|title (?:goes )?here|"
    "mein (?:erstes )?dokument|meine präsentation|musterdokument|beispieldokument|testdokument|dokumenttitel|titel (?:hier )?eingeben|"
    "mon (?:premier )?document|ma présentation|document sans (?:titre|nom)|titre du document|exemple de document|"
    "mi (?:primer )?documento|mi presentación|título del documento|documento de (?:ejemplo|prueba)|documento sin título|"
    "(?:o )?meu (?:primeiro )?documento|título do documento|documento sem título|documento de (?:exemplo|teste)|"
    "(?:il )?mio (?:primo )?documento|titolo del documento|documento senza titolo|documento di (?:esempio|prova)|"
    "mijn (?:eerste )?document|documenttitel|document zonder titel|mitt dokument|dokumentets titel|mit dokument|dokumenttittel|oma asiakirja|"
    "mój dokument|tytuł dokumentu|můj dokument|název dokumentu|saját dokumentum|documentul meu|belgem|benim belgem|το έγγραφό μου|"
    "мой документ|название документа|заголовок документа|мій документ|我的文[档檔件]|文档标题|文件標題|マイ ?ドキュメント|文書(?:の)?タイトル|내 문서|문서 제목|مستندي|عنوان المستند|"
    # German
    "titelseite|titelblatt|umschlag|inhalt(?:sverzeichnis)?|impressum|"
    "unbenannt|ohne titel|dokument|neues dokument|präsentation|powerpoint[- ]präsentation|folie|titel|kein titel|tabelle|mappe|seite|entwurf|"
    # French
    "page de titre|couverture|table des matières|sommaire|"
    "sans titre|sans nom|nouveau document|présentation(?: powerpoint)?|diapositive|classeur|feuille|titre|brouillon|"
    # Spanish, Portuguese, Italian, Catalan
    "portada|portadilla|índice|capa|folha de rosto|frontespizio|copertina|indice|"
    "sin título|documento(?: nuevo)?|nuevo documento|presentación(?: de powerpoint)?|diapositiva|título|libro|hoja|"
    "sem título|novo documento|apresentação(?: do powerpoint)?|planilha|pasta|"
    "senza titolo|nuovo documento|presentazione(?: standard| di powerpoint)?|titolo|cartella|foglio|sense títol|"
    # Dutch, Nordic
    "titelpagina|omslag|inhoud(?:sopgave)?|titelside|titelsida|"
    "naamloos|zonder titel|nieuw document|presentatie|powerpoint[- ]presentatie|dia|titel onbekend|"
    "namnlös|utan titel|nytt dokument|bild|presentation|powerpoint[- ]presentation|uden titel|uden navn|ikke[- ]navngivet|uten tittel|"
    "uten navn|præsentation|presentasjon|lysbilde|nimetön|asiakirja|esitys|powerpoint[- ]esitys|"
    # Polish, Czech, Slovak, Hungarian, Romanian, Turkish
    "bez tytułu|nowy dokument|prezentacja(?: programu powerpoint)?|slajd|bez názvu|nový dokument|prezentace(?: aplikace powerpoint)?|"
    "snímek|prezentácia(?: programu powerpoint)?|névtelen|dokumentum|bemutató|powerpoint[- ]bemutató|dia|fără titlu|prezentare(?: powerpoint)?|"
    "adsız|başlıksız|belge|yeni belge|sunu|powerpoint sunusu|slayt|"
    # Greek, Cyrillic
    "χωρίς τίτλο|έγγραφο|παρουσίαση(?: του powerpoint)?|без названия|без имени|документ(?: microsoft word)?|новый документ|презентация(?: powerpoint)?|"
    "слайд|без назви|новий документ|презентація(?: powerpoint)?|без заглавие|"
    # Chinese, Japanese, Korean
    "文档|文檔|文件|新文件|新建文档|新建 ?microsoft word ?文档|无标题|無標題|未命名|幻灯片|投影片|演示文稿|簡報|powerpoint ?演示文稿|powerpoint ?簡報|"
    "文書|無題|名称未設定|タイトルなし|新規文書|スライド|プレゼンテーション|powerpoint ?プレゼンテーション|"
    "문서|새 문서|제목 ?없음|슬라이드|프레젠테이션|powerpoint ?프레젠테이션|"
    # Arabic, Hebrew, Persian, Hindi, Thai, Vietnamese, Indonesian
    "مستند|بدون عنوان|بلا عنوان|عرض تقديمي(?: في powerpoint)?|شريحة|מסמך|ללא (?:שם|כותרת)|מצגת|מצגת של powerpoint|سند|بی‌?نام|"
    "दस्तावेज़|शीर्षकहीन|เอกสาร|ไม่มีชื่อ|งานนำเสนอ(?: powerpoint)?|tài liệu|không có tiêu đề|bản trình bày(?: powerpoint)?|dokumen|tanpa judul|presentasi(?: powerpoint)?"
)
PLACEHOLDER_TITLE = re.compile(rf"^[(\[<«“\"]*(?:{_TITLES})[)\]>»”\"]*\s*(?:[-_#(]?\s*\d{{1,4}}\s*\)?)?$", re.IGNORECASE)

PLACEHOLDER_NAME = re.compile(
    r"^[(\[<]?\s*(?:unknown(?: author)?|untitled|unnamed|unspecified|no author|author(?:\s*name)?|your name|name|anonymous|various authors?|"
    r"admin(?:istrator)?|user|owner|root|guest|test|default|windows user|microsoft(?: office)? user|office user|home|pc|hp|dell|acer|asus|"
    r"lenovo|toshiba|preferred customer|valued customer|customer|scanner|staff|creator|editor|n/?a|none|null|"
    r"(?:project )?gutenberg(?:[- ]tm)?|calibre.*|adobe.*|microsoft(?: (?:word|office).*)?|libreoffice.*|openoffice.*|latex.*|pdftex.*|"
    r"array\(0x.*|hash\(0x.*|\[object.*|undefined|todo\b.*|x{3,}|(?:your|author'?s?) name.*|user: .*|registered to: .*|(?:[A-Z]+:){2,}[A-Z]+|"
    r"j(?:ohn|ane) (?:q\.? )?(?:doe|public)|joe (?:bloggs|public|schmoe)|fred bloggs|foo ?bar|first ?name[ ,]+last ?name|(?:last|sur) ?name[ ,]+first ?name|"
    r"(?:max|erika|maxi|moritz|otto|hans|anna) mustermann|mustermann,? (?:max|erika)|(?:vor|nach) ?name[ ,]+(?:nach|vor) ?name|prénom[ ,]+nom|nom[ ,]+prénom|"
    r"nombre[ ,]+apellidos?|fulan[oa] de tal|mengan[oa]|nome[ ,]+(?:e )?(?:cognome|sobrenome|apelido)|voornaam[ ,]+achternaam|(?:ola|kari) nordmann|"
    r"medel ?svensson|matti meikäläinen|jan modaal|imię(?: i|,)? nazwisko|jméno(?: a|,)? příjmení|vasya pupkin|вася пупкин|"
    r"имя(?: и|,)? фамилия|фио|张三|李四|張三|山田 ?太郎|홍길동|your full name|full name|author(?:'s)? (?:goes )?here|"
    r"crystal (?:decisions|reports)|actuate(?: corporation)?|\w*converter|"
    r"unbekannt(?:er autor)?|administrador|administrateur|benutzer|verfasser|autor|auteur|autore|inconnu|auteur inconnu|desconocido|"
    r"autor desconocido|desconhecido|sconosciuto|autore sconosciuto|onbekend|okänd|ukjent|ukendt|tuntematon|nieznany|neznámý|"
    r"ismeretlen|necunoscut|bilinmeyen|yazar|yönetici|άγνωστος|неизвестн\w+(?: автор)?|невідомий|автор|пользователь|администратор|未知|作者|"
    r"佚名|用户|管理员|不明|著者|ユーザー|알 수 없음|사용자|مجهول|مستخدم|לא ידוע)\s*\d*\s*[)\]>]?$",
    re.IGNORECASE,
)
