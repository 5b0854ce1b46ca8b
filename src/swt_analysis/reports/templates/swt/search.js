"use strict";
(() => {
  const plain = text => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[‘’]/g, "'").toLowerCase();
  const box = document.querySelector("[role=search]");
  const field = box.querySelector("input"), told = box.querySelector("[role=status]");
  const reports = [...document.querySelectorAll(".reports > li")].map(it => [it, plain(it.textContent)]);
  const show = () => {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const [item, text] of reports) {
      item.hidden = !words.every(word => text.includes(word));
      found += !item.hidden;
    }
    for (const group of document.querySelectorAll(".group"))
      group.hidden = !group.querySelector(".reports > li:not([hidden])");
    for (const letters of document.querySelectorAll(".letters")) letters.hidden = words.length > 0;
    const said = found ? told.dataset.found : told.dataset.none;
    told.textContent = words.length ? said.replace("{found}", found).replace("{all}", reports.length) : "";
  };
  field.addEventListener("input", show);
  field.addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    field.value = "";
    show();
  });
  addEventListener("pageshow", show);
  box.hidden = false;
})();
