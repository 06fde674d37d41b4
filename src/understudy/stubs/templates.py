"""Templates: texts in which `{{ … }}` is replaced by what a call says, or what is remembered.

Whoever writes one sees values and nothing of the program: no attributes, no methods, no other files. What
would multiply is bounded, so that a template cannot keep others waiting.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from time import perf_counter
from typing import Any, Final

import jinja2
from jinja2 import meta, nodes
from jinja2.runtime import AsyncLoopContext, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from understudy.errors import show
from understudy.nearest import nearest

NAMES: Final = frozenset(
    ["body", "calls", "cookies", "fake", "headers", "method", "now", "path", "query", "record", "records"]
)
"""What a template can name; another name is a mistake, also before anything is called."""
LONGEST: Final = 1_000_000  # characters of what one template comes to
STEPS: Final = 1000
"""Turns that the loops of one rendering take together."""

WORDS: Final = 2000
"""Names, values and signs of one template: to read them takes as long as they are many."""

FILTERS: Final = (
    *("abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "int", "items", "last"),
    *("length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse", "round", "select"),
    *("selectattr", "sort", "string", "sum", "title", "tojson", "trim", "truncate", "unique", "upper"),
    "urlencode",
)
"""What of Jinja's filters can be used: those whose outcome is no longer than what they are given."""

_REFUSED: Final = (
    *(nodes.Macro, nodes.CallBlock, nodes.Import, nodes.FromImport, nodes.Include, nodes.Extends),
    *(nodes.Block, nodes.Assign, nodes.AssignBlock, nodes.With, nodes.FilterBlock, nodes.Pow),
)
_SLICE: Final = 0.004  # seconds after which others have their turn
_FEW: Final = 5000  # elements, or a twentieth of the characters, that one filter takes within a turn
_RESULT: Final = "result"
_STEPS: Final = "steps "  # no name that a template can say


class TemplateInvalid(ValueError):
    """A template that cannot be read, or that fails. The text is a sentence for a person."""


class Steps:
    """The turns that loops of one rendering still have."""

    def __init__(self) -> None:
        self._left = STEPS
        self._since = perf_counter()

    async def take(self) -> None:
        """Take one, and let others go on where those before it took long. Raises TemplateInvalid."""
        self._left -= 1
        if self._left < 0:
            raise TemplateInvalid(f"its loops take more than {STEPS} turns")
        await self.rest()

    async def rest(self) -> None:
        """Let others go on where what was done since they could took long."""
        if perf_counter() - self._since > _SLICE:
            await asyncio.sleep(0)
            self._since = perf_counter()


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, in which values have members and nothing else."""

    intercepted_binops = frozenset({"*", "%"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, (LoopContext, AsyncLoopContext)):
            return super().getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        try:
            return obj[argument]
        except (TypeError, LookupError):
            return self.undefined(f"there is no {argument!r} in {show(obj)}")

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
            raise TemplateInvalid(f"`{operator}` is for numbers, and this is {show(left)} and {show(right)}")
        return super().call_binop(context, operator, left, right)


def plus(moment: str, **more: float) -> str:
    """Move a time, as `2026-01-05T09:00:00Z`, on by `days=`, `hours=`, `minutes=` or `seconds=`."""
    moved = datetime.fromisoformat(moment) + timedelta(**more)
    return moved.isoformat().replace("+00:00", "Z")


def _join(values: Iterable[Any], between: str = ", ") -> str:
    texts = list(map(str, values))
    if sum(map(len, texts)) + len(between) * len(texts) > LONGEST:
        raise TemplateInvalid(_too_long())
    return between.join(texts)


@jinja2.pass_context
async def _bounded(context: jinja2.runtime.Context, values: Any) -> AsyncIterator[Any]:
    steps: Steps = context[_STEPS]
    if hasattr(values, "__aiter__"):
        async for value in values:
            await steps.take()
            yield value
        return
    for value in values:
        await steps.take()
        yield value


async def _resting(values: Any, steps: Steps) -> AsyncIterator[Any]:
    """Yield some values, so that others have their turn between them."""
    if not hasattr(values, "__aiter__"):
        values = _one_by_one(values)
    async for value in values:
        await steps.rest()
        yield value


async def _one_by_one(values: Iterable[Any]) -> AsyncIterator[Any]:
    for value in values:
        yield value


def _paced(known: Callable[..., Any]) -> Callable[..., Any]:
    """Return one of Jinja's filters so that it keeps nobody waiting, however much it is given.

    Those that can wait for each value do; the others are asked beside the loop for what is large.
    """
    asks, waits = getattr(known, "jinja_pass_arg", None), hasattr(known, "jinja_async_variant")

    @jinja2.pass_context
    async def paced(context: jinja2.runtime.Context, value: Any, *args: Any, **named: Any) -> Any:
        steps: Steps = context[_STEPS]
        await steps.rest()
        given = _asked_for(asks, context)
        if waits and _is_long(value):
            value = _resting(value, steps)
        elif _is_long(value):
            return await asyncio.to_thread(known, *given, value, *args, **named)
        found = known(*given, value, *args, **named)
        if inspect.isawaitable(found):
            found = await found
        return _resting(found, steps) if hasattr(found, "__aiter__") else found

    return paced


def _asked_for(asks: Any, context: jinja2.runtime.Context) -> tuple[Any, ...]:
    """Return what one of Jinja's filters wants before its value."""
    if asks is None:
        return ()
    wanted: Mapping[str, Any] = {"context": context, "eval_context": context.eval_ctx}
    return (wanted.get(asks.name, context.environment),)


def _is_long(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) > 20 * _FEW
    if isinstance(value, Iterator):  # it may make many
        return True
    return isinstance(value, (Mapping, Sequence)) and len(value) > _FEW


class _Absent(jinja2.Undefined):
    """What is not there: `{% if query.page %}` may ask for it, and nothing else is made of it."""

    __slots__ = ()
    __str__ = __iter__ = __len__ = jinja2.Undefined._fail_with_undefined_error


def _environment() -> _Environment:
    environment = _Environment(enable_async=True, undefined=_Absent, keep_trailing_newline=True, cache_size=0)
    known = environment.filters
    environment.filters = {name: _paced(known[name]) for name in FILTERS}
    environment.filters |= {"join": _paced(_join), "plus": plus, "bounded": _bounded}
    environment.globals = {"range": _range}
    return environment


def _range(*bounds: int) -> Sequence[int]:
    found = range(*bounds)
    if len(found) > STEPS:
        raise TemplateInvalid(f"a range of more than {STEPS} numbers")
    return found


_ENVIRONMENT: Final = _environment()


class Template:
    """One text, read. A text that is nothing but `{{ … }}` comes to the value itself, any other to a text."""

    def __init__(self, source: str) -> None:
        """Raises TemplateInvalid."""
        try:
            _check_length(source)
            tree = _ENVIRONMENT.parse(source)
            _check_names(tree)
            self.is_value = _bound(tree)
            self._template = _ENVIRONMENT.from_string(tree)
            render: Any = (
                self._template.root_render_func
            )  # Jinja's types know only the one that does not wait
            self._render: Callable[..., AsyncIterator[str]] = render
        except jinja2.TemplateError as error:
            raise TemplateInvalid(f"line {getattr(error, 'lineno', 1)}: {error.message}") from None
        except RecursionError:
            raise TemplateInvalid("it is too deep") from None

    async def render(self, values: Mapping[str, Any]) -> Any:
        """Return what the template comes to. Raises TemplateInvalid."""
        steps = Steps()
        context = self._template.new_context({**values, _STEPS: steps})
        try:
            text = await _text(self._render(context), steps)
            if self.is_value:
                return await plain(context.vars[_RESULT], steps)
        except TemplateInvalid:
            raise
        except jinja2.TemplateError as error:
            raise TemplateInvalid(str(error.message or "it fails")) from None
        except Exception as error:
            raise TemplateInvalid(f"{error}") from None
        return text


async def plain(value: Any, steps: Steps) -> Any:
    """Return a JSON value of what an expression came to. Raises TemplateInvalid."""
    if isinstance(value, jinja2.Undefined):
        str(value)  # raises what is undefined
    if hasattr(value, "__aiter__"):
        return [await plain(one, steps) async for one in value]
    if isinstance(value, str):
        return str(value)  # Jinja has a class of its own for what is escaped
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {
            str(name): await plain(member, steps) async for name, member in _resting(value.items(), steps)
        }
    if isinstance(value, Iterable):
        return [await plain(one, steps) async for one in _resting(value, steps)]
    raise TemplateInvalid(f"{show(str(value))} is no value of JSON")


@lru_cache(maxsize=1024)
def compiled(source: str) -> Template:
    """Return a template, read once. Raises TemplateInvalid."""
    return Template(source)


async def _text(pieces: AsyncIterator[str], steps: Steps) -> str:
    found: list[str] = []
    size = 0
    async for piece in pieces:
        found.append(piece)
        size += len(piece)
        if size > LONGEST:
            raise TemplateInvalid(_too_long())
        await steps.rest()
    return "".join(found)


def _too_long() -> str:
    return f"it comes to more than {LONGEST:,} characters"


def _check_length(source: str) -> None:
    """Raise TemplateInvalid for a template that is longer than is read at once."""
    words = (kind for _, kind, _ in _ENVIRONMENT.lex(source) if kind not in ("data", "whitespace"))
    if next(islice(words, WORDS, None), None) is not None:
        raise TemplateInvalid(f"it has more than {WORDS:,} names, values and signs")


def _check_names(tree: nodes.Template) -> None:
    """Raise TemplateInvalid where a template names what there never is."""
    for name in sorted(meta.find_undeclared_variables(tree) - NAMES):
        near = nearest(name, NAMES, 1)
        said = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(NAMES))}"
        raise TemplateInvalid(f"there is no {name!r}; {said}")


def _bound(tree: nodes.Template) -> bool:
    """Refuse what could multiply, bound each loop, and tell whether all of it is one expression, which is
    then kept as a value.
    """
    for refused in tree.find_all(_REFUSED):
        word = type(refused).__name__.lower()
        raise jinja2.TemplateSyntaxError(f"{word} cannot be used here", refused.lineno)
    for loop in tree.find_all(nodes.For):
        if loop.recursive:
            raise jinja2.TemplateSyntaxError("a loop cannot be recursive here", loop.lineno)
        loop.iter = nodes.Filter(loop.iter, "bounded", [], [], None, None, lineno=loop.lineno)
    expression = _only_expression(tree)
    if expression is None:
        return False
    tree.body = [nodes.Assign(nodes.Name(_RESULT, "store"), expression, lineno=1)]
    tree.set_environment(_ENVIRONMENT)
    return True


def _only_expression(tree: nodes.Template) -> nodes.Expr | None:
    if len(tree.body) != 1 or not isinstance(tree.body[0], nodes.Output):
        return None
    found = tree.body[0].nodes
    if len(found) != 1 or isinstance(found[0], nodes.TemplateData):
        return None
    return found[0]
