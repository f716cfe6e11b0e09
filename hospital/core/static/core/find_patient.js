// Lets a search for patients answer while somebody types: a combobox whose list the server writes.
const PAUSE_MILLISECONDS = 180;

class PatientSearch {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=search]");
    this.place = form.querySelector("[data-found-place]");
    this.status = form.querySelector("[data-found-said]");
    this.shown = this.input.value.trim(); // the text that the list below answers
    this.active = -1;
    this.wantsToOpen = false; // Enter was pressed before the answer came
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    form.addEventListener("submit", (event) => this.submitted(event));
    this.dress();
    this.input.focus({ preventScroll: true });
  }

  get options() {
    return [...this.place.querySelectorAll("a.found-one")];
  }

  typed() {
    window.clearTimeout(this.timer);
    this.asking?.abort(); // an answer to what stood here before comes too late
    this.asking = null;
    this.wantsToOpen = false;
    const text = this.input.value.trim();
    if (text === "") {
      this.show("", "");
    } else if (text !== this.shown) {
      this.timer = window.setTimeout(() => this.ask(text), PAUSE_MILLISECONDS);
    }
  }

  async ask(text) {
    window.clearTimeout(this.timer);
    const asking = new AbortController();
    this.asking = asking;
    const asked = new URLSearchParams(new FormData(this.form));
    asked.set("q", text);
    asked.set("part", "list");
    try {
      const answer = await fetch(`${this.form.action}?${asked}`, { signal: asking.signal });
      if (answer.redirected || !answer.ok) {
        this.form.submit(); // signed out meanwhile, or worse: the plain page says what it is
        return;
      }
      const list = await answer.text();
      if (this.asking === asking) {
        this.asking = null;
        this.show(text, list);
      }
    } catch (error) {
      if (error.name !== "AbortError" && this.asking === asking) {
        this.asking = null;
        this.status.textContent = "The search got no answer. Press Search to try again.";
      }
    }
  }

  show(text, list) {
    this.place.innerHTML = list; // written by our own server, which escapes what people typed
    this.shown = text;
    this.dress();
    if (this.wantsToOpen) {
      this.wantsToOpen = false;
      this.openOne();
    }
  }

  // The server writes a plain list of links; for the keyboard it becomes a listbox.
  dress() {
    const list = this.place.querySelector("ul");
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-expanded", String(list !== null));
    this.input.toggleAttribute("aria-controls", false);
    const found = this.place.querySelector("[data-found]")?.dataset.found;
    this.status.textContent = this.said(found);
    if (list === null) {
      return;
    }
    list.id = "found-patients";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Patients found");
    this.input.setAttribute("aria-controls", list.id);
    for (const item of list.children) {
      item.setAttribute("role", "none");
    }
    this.options.forEach((option, index) => {
      option.id = `found-patient-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.tabIndex = -1;
    });
  }

  said(found) {
    if (found === undefined) {
      return "";
    }
    return found === "0" ? "No patient found." : `Patients found: ${found}.`;
  }

  pressed(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.input.value = "";
      this.typed();
    }
  }

  move(step) {
    const options = this.options;
    if (options.length === 0) {
      return;
    }
    const next = this.active === -1 && step < 0 ? options.length - 1 : this.active + step;
    this.activate((next + options.length) % options.length);
  }

  activate(index) {
    const options = this.options;
    options[this.active]?.setAttribute("aria-selected", "false");
    this.active = index;
    options[index].setAttribute("aria-selected", "true");
    options[index].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", options[index].id);
  }

  // Enter, or the button: opens what is marked, or the only one found; otherwise marks the first.
  submitted(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (text === "") {
      this.input.focus();
    } else if (text === this.shown) {
      this.openOne();
    } else {
      this.wantsToOpen = true;
      this.ask(text);
    }
  }

  openOne() {
    const options = this.options;
    if (this.active >= 0 || options.length === 1) {
      window.location.assign(options[Math.max(this.active, 0)].href);
    } else if (options.length > 1) {
      this.input.focus();
      this.activate(0);
    }
  }
}

document.querySelectorAll("[data-find-patient]").forEach((form) => new PatientSearch(form));
