"""Sphinx's configuration; tools/build_site.py runs it. The site makes no request to another host."""

import os
import re

from docutils import nodes
from sphinx import addnodes

project = "Calibrant"
author = "The Calibrant authors"
copyright = author

extensions = ["myst_parser", "breathe", "sphinx_design", "sphinx_copybutton", "sphinx.ext.mathjax", "sphinx-mathjax-offline"]

myst_enable_extensions = ["dollarmath", "colon_fence", "attrs_inline"]
myst_heading_anchors = 3
myst_dmath_double_inline = False

breathe_projects = {"calibrant": os.environ["CALIBRANT_DOXYGEN_XML"]}
breathe_default_project = "calibrant"
breathe_show_include = False
# Every header opens the namespace anew.
suppress_warnings = ["duplicate_declaration.cpp"]

# "--option" stays two hyphens.
smartquotes = False
highlight_language = "text"
copybutton_prompt_text = r"\$ |> "
copybutton_prompt_is_regexp = True
copybutton_only_copy_prompt_lines = True
copybutton_copy_empty_lines = False

html_theme = "furo"
html_title = "Calibrant"
html_static_path = ["_static"]
html_css_files = ["calibrant.css"]
html_copy_source = False
html_show_sourcelink = False


def without_namespace(app, tree: nodes.document) -> None:
    """Headers show what they declare, not that it stands in the namespace of the project."""
    for declared in list(tree.findall(addnodes.desc)):
        signature = declared.next_node(addnodes.desc_signature)
        if signature is not None and signature.astext() in ("namespace calibrant", "namespace calibrant::detail"):
            content = declared.next_node(addnodes.desc_content)
            # The index links to it.
            declared.replace_self([nodes.target("", "", ids=signature["ids"]), *content.children])


def with_short_contents(app, tree: nodes.document) -> None:
    """The contents of an API page name its headers; among all the members nobody would find one."""
    for signature in tree.findall(addnodes.desc_signature):
        signature["_toc_name"] = ""


def with_property_tables(app, tree: nodes.document) -> None:
    """A table whose headings are empty lists properties: Markdown has no table without headings."""
    for table in tree.findall(nodes.table):
        head = table.next_node(nodes.thead)
        if head is not None and not head.astext().strip():
            head.parent.remove(head)
            table["classes"].append("properties")


def with_joined_units(app, tree: nodes.document) -> None:
    """A number and its "%" stay on one line."""
    for text in list(tree.findall(nodes.Text)):
        if not isinstance(text.parent, (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)):
            joined = re.sub(r"(?<=\d) %", "\N{NO-BREAK SPACE}%", text)
            if joined != text:
                text.parent.replace(text, nodes.Text(joined))


def setup(app) -> None:
    # Before Sphinx collects the contents of a page, which it does at the default priority of 500.
    for change in (without_namespace, with_short_contents, with_property_tables, with_joined_units):
        app.connect("doctree-read", change, priority=400)
