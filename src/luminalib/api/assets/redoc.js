"use strict";

// Redoc asks its maker's server for a logo, and leaves it out where it does not come. The policy of this page would refuse to ask.
const setAttribute = Element.prototype.setAttribute;
HTMLImageElement.prototype.setAttribute = function (name, value) {
  const isForeign = name === "src" && new URL(value, location.href).host !== location.host;
  setAttribute.call(this, name, isForeign ? "data:," : value);
};

// Its search would need a worker made of a blob, which the policy of this page refuses; the browser's own finds text as well.
Redoc.init("openapi.json", { disableSearch: true, hideDownloadButton: false }, document.getElementById("page"));
