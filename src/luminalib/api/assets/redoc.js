"use strict";

// Its search would need a worker made of a blob, which the policy of this page refuses; the browser's own finds text as well.
Redoc.init("openapi.json", { disableSearch: true, hideDownloadButton: false }, document.getElementById("page"));
