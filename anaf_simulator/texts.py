"""ANAF's own sentences, letter for letter: the typos and odd spaces are on the real wire, never correct them.

Sources: the Ministry's swagger pages and API presentation, real packages, live observation.
"""

# upload (XML <Errors errorMessage>)
STANDARD = "Valorile acceptate pentru parametrul standard sunt UBL, CN, CII sau RASP"
UPLOAD_SIZE = "Marime fisier transmis mai mare de {megabytes} MB."
CIF_NOT_NUMBER = "CIF introdus= {cif} nu este un numar"
NO_CIF_AT_ALL = "Nu exista niciun CIF pentru care sa aveti drept in SPV"
NO_RIGHT = "Nu aveti drept in SPV pentru CIF={cif}"
INVALID_FILE = "Fisierul transmis nu este valid. {reason}"
SAX = "org.xml.sax.SAXParseException; lineNumber: {line}; columnNumber: {column}; {reason}"
XSD_ROOT = "cvc-elt.1.a: Cannot find the declaration of element '{name}'. "
ONLY_DA = "Daca parametrul {name} trebuie completat, valoarea acceptata este DA"
NOT_IN_ENFORCEMENT = "CIF introdus= {cif} nu este inregistrat in Registrul RO e-Factura executari silite"
RASP_QUOTA = "S-au incarcat deja {limit} de mesaje de tip RASP pentru cui={cif} in cursul zilei"
TECHNICAL = "A aparut o eroare tehnica. Cod: {code}"
# upload (400)
NO_FILE = "Trebuie sa aveti atasat in request un fisier de tip xml"
NO_STANDARD_OR_CIF = "Parametrii standard si cif sunt obligatorii"

# stareMesaj
STATUS_NO_RIGHT = "Nu aveti dreptul de inteorgare pentru id_incarcare= {index}"
STATUS_NO_CIF = "Nu exista niciun CIF petru care sa aveti drept"
STATUS_NOT_INTEGER = "Id_incarcare introdus= {index} nu este un numar intreg"
STATUS_UNKNOWN = "Nu exista factura cu id_incarcare= {index}"
STATUS_QUOTA = "S-au facut deja {limit} descarcari de mesaj in cursul zilei"
STATUS_REQUIRED = "Parametrul id_incarcare este obligatoriu"

# lists
LIST_TITLE = "Lista Mesaje"
LIST_TITLE_DAYS = "Lista Mesaje disponibile din ultimele {days} zile"
LIST_TITLE_RANGE = "Lista Mesaje disponibile din intervalul {start} - {end}"
LIST_EMPTY_DAYS = "Nu exista mesaje in ultimele {days} zile"
LIST_EMPTY_RANGE = "Nu exista mesaje in intervalul selectat"
DAYS_NOT_INTEGER = "Numarul de zile introdus= {days} nu este un numar intreg"
DAYS_RANGE = "Numarul de zile trebuie sa fie intre 1 si 60"
LIST_TOO_LONG = (
    "Lista de mesaje este mai mare decat numarul de {size} elemente permise in pagina. "
    "Folositi endpoint-ul cu paginatie."
)
PAGED_CIF = "CIF introdus= {cif} nu este un numar sau nu are o valoare acceptata de sistem"
PAGED_PARAMETER = "{name} = {value} nu este un numar sau nu are o valoare acceptata de sistem"
START_TOO_OLD = "startTime = {start} nu poate fi mai vechi de 60 de zile fata de momentul requestului"
END_BEFORE_START = "endTime = {end} nu poate fi <= startTime = {start}"
END_IN_FUTURE = "endTime = {end} nu poate in viitor fata de momentul requestului"
END_IN_FUTURE_CLOCK = END_IN_FUTURE + " = {now}"
PAGE_TOO_BIG = "Pagina solicitata {page} este mai mare decat numarul toatal de pagini {pages}"
FILTER = "Valorile acceptate pentru parametrul filtru sunt E, T, P sau R"
LIST_QUOTA = "S-au facut deja {limit} interogari de lista mesaje de catre utilizator in cursul zilei"
LIST_REQUIRED = "Parametrii zile si cif sunt obligatorii"
PAGED_REQUIRED = "Parametrii startTime, endTime, cif si pagina sunt obligatorii"

# list entries
SENT = "FACTURA TRIMISA"
RECEIVED = "FACTURA PRIMITA"
ERRORS = "ERORI FACTURA"
BUYER_MESSAGE_SENT = "MESAJ CUMPARATOR TRANSMIS"
BUYER_MESSAGE_RECEIVED = "MESAJ CUMPARATOR PRIMIT"
FILTERS = {SENT: "T", RECEIVED: "P", ERRORS: "E", BUYER_MESSAGE_SENT: "R", BUYER_MESSAGE_RECEIVED: "R"}
DETAIL_INVOICE = "Factura cu id_incarcare={index} emisa de cif_emitent={seller} pentru cif_beneficiar={buyer}"
DETAIL_SELF_BILLED = "Factura cu id_incarcare={index} transmisa de cif={buyer}  ca autofactura in numele cif={seller}"
DETAIL_ERRORS = "Erori de validare identificate la factura primita cu id_incarcare={index}"
DETAIL_ERRORS_SELF_BILLED = (
    "Erori de validare identificate la factura de tip declarat=AUTOFACTURA, transmisa cu id_incarcare={index}"
)
# the real wording for buyer messages is not published: this one is ours
DETAIL_BUYER_MESSAGE = "Mesaj cumparator cu id_incarcare={index} pentru factura cu id_incarcare={about}"

# descarcare
DOWNLOAD_TITLE = "Descarcare mesaj"
DOWNLOAD_NOT_INTEGER = "Id descarcare introdus= {id} nu este un numar intreg"
DOWNLOAD_QUOTA = "S-au facut deja {limit} descarcari de mesaj in cursul zilei"
DOWNLOAD_NO_RIGHT = "Nu aveti dreptul sa descarcati acesta factura"
DOWNLOAD_UNKNOWN = "Pentru id={id} nu exista inregistrata nici o factura"
DOWNLOAD_EXPIRED = (
    "Fisierul nu mai poate fi descarcat pentru ca a trecut perioada de 60 de zile in care este disponibil"
)
DOWNLOAD_REQUIRED = "Parametrul id este obligatoriu"

# validare, transformare, signature
VALIDATE_STANDARD = "Valorile acceptate pentru parametrul standard sunt FACT1 si FCN"
SIGNATURE_VALID = (
    "Fișierele încărcate au fost validate cu succes, din perspectiva autenticității semnăturii aplicate "
    "de Ministerul Finanțelor."
)
SIGNATURE_INVALID = (
    "Fișierele încărcate NU au putut fi validate cu succes, din perspectiva autenticității semnăturii aplicate "
    "de Ministerul Finanțelor."
)

# asynchronous errors
DUPLICATE = "Factura a mai fost transmisa anterior cu index={index} si data incarcare={date}"
UNKNOWN_SELLER = "E: validari globale\n eroare regula: R6.1: CIF-ul vanzatorului nu figureaza in baza de date:{cif}"
BAD_SELLER = "CUI vanzator incorect"
BAD_BUYER = "CUI cumparator incorect"
BAD_BUYER_PERSON = "CNP sau NIF cumparator incorect"
NO_BUYER = "nu a fost identificat cui cumparator"

# states of stareMesaj
OK, NOK, PROCESSING, NOT_TAKEN = "ok", "nok", "in prelucrare", "XML cu erori nepreluat de sistem"

# pages that are not the application
WAF_PAGE = (
    "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. "
    "Please consult with your administrator.<br><br>Your support ID is: {support_id}<br><br>"
    "<a href='javascript:history.back();'>[Go Back]</a></body></html>"
)
MAINTENANCE_PAGE = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>Mentenanta sistem</title></head>'
    "<body><h1>Mentenanta sistem</h1><p>Sistemul este in mentenanta. Va rugam reveniti.</p></body></html>"
)
REFRESH_DEAD = "Refresh Token status is expired"

# of the public register; ANAF's wording is not known
REGISTRY_JSON = "Cererea nu este un JSON valid"
REGISTRY_TOO_MANY = "Numarul de CUI-uri depaseste limita de {limit}"
