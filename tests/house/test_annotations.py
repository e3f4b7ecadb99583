"""Types say what they mean: hardly a function of the product takes or returns `Any`."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.test_imports import ROOT, modules_of, production_packages

#: Of a hundred functions so many may.
MOST = 3
#: What comes from a form or goes to a template may be of any kind under its name.
_FREE = {"dict[str, Any]", "Mapping[str, Any]"}


def is_bare(annotation: ast.expr | None) -> bool:
    """Whether `Any` stands in it: by itself, or inside of anything but a dictionary by name."""
    match annotation:
        case None:
            return False
        case ast.Constant(value=str(text)):
            return is_bare(ast.parse(text, mode="eval").body)
        case ast.Subscript() if ast.unparse(annotation) in _FREE:
            return False
        case ast.Name(id="Any") | ast.Attribute(attr="Any"):
            return True
    return any(is_bare(each) for each in ast.iter_child_nodes(annotation) if isinstance(each, ast.expr))


def functions_of(text: str) -> Iterator[tuple[str, bool]]:
    """Name and line of each function, and whether its signature says `Any`."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            said = node.args
            named = [*said.posonlyargs, *said.args, *said.kwonlyargs, said.vararg, said.kwarg]
            annotations = [each.annotation for each in named if each is not None] + [node.returns]
            yield f"{node.name}:{node.lineno}", any(map(is_bare, annotations))


def hidden_in(text: str) -> list[str]:
    """Short names for a type with `Any` in it. Those that begin with `Any` say so themselves."""
    found = []
    for node in ast.parse(text).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript() as value):
                is_alias = name[0].isupper() and not name.isupper()
            case ast.AnnAssign(
                target=ast.Name(id=name), annotation=ast.Name(id="TypeAlias"), value=ast.expr() as value
            ):
                is_alias = True
            case _:
                continue
        if is_alias and not name.startswith("Any") and is_bare(value):
            found.append(name)
    return found


def test_few_functions_say_any():
    total, bare = 0, []
    for name, path in modules_of(ROOT, production_packages()).items():
        for function, says_any in functions_of(path.read_text()):
            total += 1
            bare += [f"{name}.{function}"] if says_any else []

    assert total > 2000
    assert len(bare) * 100 <= total * MOST, f"{len(bare)} of {total} functions say Any:\n" + "\n".join(bare)


def test_no_short_name_hides_it():
    modules = modules_of(ROOT, production_packages())

    assert [f"{name}.{alias}" for name, path in modules.items() for alias in hidden_in(path.read_text())] == []


@pytest.mark.parametrize(
    ("annotation", "bare"),
    [
        ("Any", True),
        ("list[Any]", True),
        ("'QuerySet[Any]'", True),
        ("Callable[..., Any]", True),
        ("int | Any", True),
        ("dict[str, list[Any]]", True),
        ("dict[Any, str]", True),
        ("typing.Any", True),
        ("dict[str, Any]", False),
        ("Mapping[str, Any] | None", False),
        ("list[dict[str, Any]]", False),
        ("object", False),
    ],
)
def test_what_counts(annotation, bare):
    ((_function, says_any),) = functions_of(f"def one(x: {annotation}) -> None: ...")
    ((_function, returns_any),) = functions_of(f"def one() -> {annotation}: ...")

    assert (says_any, returns_any) == (bare, bare)


def test_a_short_name_is_seen():
    assert hidden_in("Rows = QuerySet[Any]\nAnyPage: TypeAlias = ModelPage[Any]\nData = Mapping[str, Any]") == ["Rows"]
