"""A page as tests read it."""

from html.parser import HTMLParser

_VOID = {"meta", "link", "img", "br", "hr", "input", "wbr", "source"}


class Page(HTMLParser):
    """The elements of an HTML text; `complaints` has what is not closed in order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.complaints, self._open = [], [], []
        self.feed(text)
        self.close()
        self.complaints += [f"<{tag}> stays open" for tag, _ in self._open]

    def handle_starttag(self, tag, attributes):
        element = {"tag": tag, "text": "", **{name: value or "" for name, value in attributes}}
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append((tag, element))

    def handle_endtag(self, tag):
        if not self._open or self._open[-1][0] != tag:
            self.complaints.append(f"</{tag}> where {[t for t, _ in self._open[-2:]]} are open")
        else:
            self._open.pop()
            if tag in ("td", "th", "li", "h3", "small", "p", "summary"):  # what a reader sees apart
                self.handle_data(" ")

    def handle_data(self, data):
        for _, element in self._open:
            element["text"] += data

    def all(self, tag, **attributes):
        """Elements of this tag with these attributes."""
        return [e for e in self.elements if e["tag"] == tag and all(e.get(k) == v for k, v in attributes.items())]

    def section(self, name):
        """The text of the section with this id, spaces made one."""
        (found,) = self.all("section", id=name)
        return " ".join(found["text"].split())

    @property
    def sections(self):
        return [e["id"] for e in self.all("section")]

    @property
    def numbers(self):
        """Exact values of the <data> elements -> what is shown."""
        return {float(e["value"]): e["text"] for e in self.all("data")}

    @property
    def addresses(self):
        """Everything that a browser would load or go to."""
        return [e[key] for e in self.elements for key in ("src", "href", "srcset", "data", "action") if e.get(key)]
