"use strict";

// The link's token stands behind the #, which browsers send to nobody: only this page takes it, and forgets it from the address.
const form = document.getElementById("form");
const said = document.getElementById("said");
const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { call, token: tokenField, password: passwordField } = form.dataset;
  const { password, ...rest } = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
  const body = JSON.stringify({ ...rest, [tokenField]: token, [passwordField]: password });
  const answer = await fetch(call, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  said.className = answer.ok ? "ok" : "down";
  said.textContent = answer.ok ? "Done. You can log in now." : (await answer.json()).detail;
  form.hidden = answer.ok;
});
