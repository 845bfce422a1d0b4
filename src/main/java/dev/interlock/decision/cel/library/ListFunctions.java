package dev.interlock.decision.cel.library;

import static dev.interlock.decision.cel.library.Kind.ANY;
import static dev.interlock.decision.cel.library.Kind.INT;

import com.google.common.collect.ContiguousSet;
import com.google.common.primitives.UnsignedLong;
import dev.cel.common.Operator;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import dev.cel.parser.CelMacro;
import dev.cel.parser.CelMacroExprFactory;
import dev.cel.runtime.RuntimeEquality;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// The functions on lists: those of Kubernetes, and those of version 3 of CEL's own library that cel-java has
/// with other results or without a limit (`flatten`, `lists.range`, `sort`, `sortBy`, `unwrapOpt`).
final class ListFunctions {
    private static final BigInteger MAX_UINT = UnsignedLong.MAX_VALUE.bigIntegerValue();

    private static final Set<CelExpr.ExprKind.Kind> SORTABLE = EnumSet.of(
            CelExpr.ExprKind.Kind.LIST,
            CelExpr.ExprKind.Kind.SELECT,
            CelExpr.ExprKind.Kind.IDENT,
            CelExpr.ExprKind.Kind.COMPREHENSION,
            CelExpr.ExprKind.Kind.CALL);

    /// What it costs to compare lists and maps, as items.
    private static final int DEEP = 256;

    private static final Set<Class<?>> COMPARABLE = Set.of(String.class, Long.class, UnsignedLong.class, Boolean.class);

    private static final String SORT_BY_KEYS = "@sortByAssociatedKeys";

    private ListFunctions() {}

    static List<Overload> overloads(RuntimeEquality equality) {
        ListType anything = ListType.create(TypeParamType.create("T"));
        Kind<List<Object>> list = Kind.listOf(TypeParamType.create("T"));
        Kind<List<Object>> lists = Kind.listOf(anything);
        Kind<List<Object>> dynamic = Kind.listOf(SimpleType.DYN);
        List<Overload> overloads = new ArrayList<>();
        for (Order.Named item : Order.TYPES) {
            overloads.addAll(ordered(item.name(), item.type(), list));
        }
        overloads.add(sum("int", SimpleType.INT, items -> sum(items, 0L)));
        overloads.add(sum("uint", SimpleType.UINT, items -> sum(items, UnsignedLong.ZERO)));
        overloads.add(sum("double", SimpleType.DOUBLE, items -> sum(items, 0.0)));
        overloads.add(sum("duration", SimpleType.DURATION, items -> sum(items, Duration.ZERO)));
        overloads.add(Overload.member(
                "indexOf",
                "list_a_index_of_int",
                SimpleType.INT,
                list,
                ANY,
                (items, item) -> indexOf(items, item, equality)));
        overloads.add(Overload.member(
                "lastIndexOf",
                "list_a_last_index_of_int",
                SimpleType.INT,
                list,
                ANY,
                (items, item) -> lastIndexOf(items, item, equality)));
        overloads.add(
                Overload.member("distinct", "list_distinct", list.type(), list, items -> distinct(items, equality)));
        overloads.add(Overload.member("flatten", "list_flatten", anything, lists, items -> flatten(items, 1)));
        overloads.add(Overload.member(
                "flatten", "list_flatten_int", ListType.create(SimpleType.DYN), dynamic, INT, ListFunctions::flatten));
        overloads.add(Overload.global(
                "lists.range", "lists_range", ListType.create(SimpleType.INT), INT, ListFunctions::range));
        overloads.add(Overload.member(
                "unwrapOpt",
                "optional_unwrapOpt",
                anything,
                Kind.listOf(OptionalType.create(TypeParamType.create("T"))),
                ListFunctions::unwrapped));
        return List.copyOf(overloads);
    }

    private static List<Overload> ordered(String name, CelType item, Kind<List<Object>> any) {
        Kind<List<Object>> list = Kind.listOf(item);
        return List.of(
                Overload.member(
                        "isSorted", "list_" + name + "_is_sorted_bool", SimpleType.BOOL, list, ListFunctions::isSorted),
                Overload.member("min", "list_" + name + "_min_" + name, item, list, items -> extreme("min", items, -1)),
                Overload.member("max", "list_" + name + "_max_" + name, item, list, items -> extreme("max", items, 1)),
                Overload.member(
                        "sort", "list_" + name + "_sort", ListType.create(item), list, items -> sort(items, items)),
                Overload.member(
                        SORT_BY_KEYS,
                        "list_" + name + "_sortByAssociatedKeys",
                        any.type(),
                        any,
                        list,
                        ListFunctions::sort));
    }

    private static Overload sum(String name, CelType item, Overload.Unary<List<Object>> body) {
        return Overload.member("sum", "list_" + name + "_sum_" + name, item, Kind.listOf(item), body);
    }

    private static boolean isSorted(List<Object> items) throws Failure {
        Object previous = null;
        for (Object item : items) {
            if (!Order.has(item)) {
                throw noOrder();
            }
            if (previous != null && Order.of(previous, item).orElse(0) > 0) {
                return false;
            }
            previous = item;
        }
        return true;
    }

    /// The first of the highest (`sign` 1) or of the lowest (-1) items. What has no order to the best so far is
    /// no better.
    private static Object extreme(String name, List<Object> items, int sign) throws Failure {
        if (items.isEmpty()) {
            throw new Failure(name + " called on empty list");
        }
        Object best = items.getFirst();
        for (Object item : items) {
            if (!Order.has(item)) {
                throw noOrder();
            }
            if (Order.of(item, best).orElse(0) * sign > 0) {
                best = item;
            }
        }
        return best;
    }

    /// @param zero what an empty list of this type has for a sum; a list of unknown type begins with that of
    /// its first item
    private static Object sum(List<Object> items, Object zero) throws Failure {
        if (items.isEmpty()) {
            return zero;
        }
        Object sum = switch (items.getFirst()) {
            case Long _ -> 0L;
            case UnsignedLong _ -> UnsignedLong.ZERO;
            case Double _ -> 0.0;
            case Duration _ -> Duration.ZERO;
            default -> throw new Failure("no such overload");
        };
        for (Object item : items) {
            sum = add(sum, item);
        }
        return sum;
    }

    private static Object add(Object one, Object other) throws Failure {
        try {
            if (one instanceof Long a && other instanceof Long b) {
                return Math.addExact(a, b);
            }
            if (one instanceof Duration a && other instanceof Duration b) {
                // The API server keeps nanoseconds in 64 bits.
                return Duration.ofNanos(a.plus(b).toNanos());
            }
        } catch (ArithmeticException e) {
            throw new Failure("the sum overflows");
        }
        if (one instanceof Double a && other instanceof Double b) {
            return a + b;
        }
        if (one instanceof UnsignedLong a && other instanceof UnsignedLong b) {
            BigInteger sum = a.bigIntegerValue().add(b.bigIntegerValue());
            if (sum.compareTo(MAX_UINT) > 0) {
                throw new Failure("the sum overflows");
            }
            return UnsignedLong.valueOf(sum);
        }
        throw new Failure("no such overload");
    }

    /// The first of those that are equal. cel-java's own has them in a table, for which somebody may choose texts that
    /// are all in one place of it.
    private static List<Object> distinct(List<Object> items, RuntimeEquality equality) {
        if (items.isEmpty()) {
            return items;
        }
        Class<?> type = items.getFirst().getClass();
        if (COMPARABLE.contains(type) && items.stream().allMatch(item -> item.getClass() == type)) {
            // In one place of this they are in order.
            return List.copyOf(new LinkedHashSet<>(items));
        }
        List<Object> distinct = new ArrayList<>();
        for (Object item : items) {
            boolean deep = item instanceof Collection || item instanceof Map;
            Charge.units((long) distinct.size() * (deep ? DEEP : 1));
            if (indexOf(distinct, item, equality) < 0) {
                distinct.add(item);
            }
        }
        return List.copyOf(distinct);
    }

    private static long indexOf(List<Object> items, Object item, RuntimeEquality equality) {
        int index = 0;
        for (Object each : items) {
            if (equality.objectEquals(each, item)) {
                return index;
            }
            index++;
        }
        return -1;
    }

    private static long lastIndexOf(List<Object> items, Object item, RuntimeEquality equality) {
        for (int index = items.size() - 1; index >= 0; index--) {
            if (equality.objectEquals(items.get(index), item)) {
                return index;
            }
        }
        return -1;
    }

    private static List<Object> flatten(List<Object> items, long depth) throws Failure {
        if (depth < 0) {
            throw new Failure("level must be non-negative");
        }
        List<Object> flat = new ArrayList<>();
        flatten(items, depth, flat);
        return List.copyOf(flat);
    }

    private static void flatten(List<?> items, long depth, List<Object> flat) throws Failure {
        for (Object item : items) {
            if (item instanceof List<?> nested && depth > 0) {
                flatten(nested, depth - 1, flat);
            } else {
                Limits.items(flat.size() + 1L);
                flat.add(item);
            }
        }
    }

    private static List<Object> unwrapped(List<Object> items) throws Failure {
        List<Object> present = new ArrayList<>();
        for (Object item : items) {
            if (!(item instanceof Optional<?> optional)) {
                throw new Failure("the list has an item that is not optional");
            }
            optional.ifPresent(present::add);
        }
        return List.copyOf(present);
    }

    /// A view: its items take no memory, however many there are.
    private static List<Long> range(long end) throws Failure {
        Limits.items(end);
        return ContiguousSet.closedOpen(0L, Math.max(0, end)).asList();
    }

    /// The items in the order of their keys; what has equal keys stays in order.
    private static List<Object> sort(List<Object> items, List<Object> keys) throws Failure {
        if (items.size() != keys.size()) {
            throw new Failure("as many keys as items are needed");
        }
        for (Object key : keys) {
            if (!Order.has(key)) {
                throw noOrder();
            }
            if (key.getClass() != keys.getFirst().getClass()) {
                throw new Failure("list elements must have the same type");
            }
            if (key instanceof Double number && number.isNaN()) {
                throw new Failure("NaN values cannot be ordered");
            }
        }
        // Each is copied once: a list that is a view may be slow to ask by position.
        List<Object> values = List.copyOf(items);
        List<Object> by = List.copyOf(keys);
        Comparator<Integer> order =
                (one, other) -> Order.of(by.get(one), by.get(other)).orElse(0);
        return IntStream.range(0, values.size())
                .boxed()
                .sorted(order)
                .map(values::get)
                .toList();
    }

    private static Failure noOrder() {
        return new Failure("the list has an item without an order");
    }

    /// `list.sortBy(x, key)`: evaluates the list once, then `list.@sortByAssociatedKeys(list.map(x, key))`.
    static CelMacro sortBy() {
        return CelMacro.newReceiverMacro("sortBy", 2, (factory, target, arguments) -> {
            CelExpr variable = arguments.get(0);
            if (!SORTABLE.contains(target.exprKind().getKind())) {
                return Optional.of(factory.reportError("sortBy can only be applied to a list, identifier,"
                        + " comprehension, call or select expression"));
            }
            if (variable.exprKind().getKind() != CelExpr.ExprKind.Kind.IDENT) {
                return Optional.of(factory.reportError("argument is not an identifier"));
            }
            return Optional.of(sortBy(factory, target, variable.ident().name(), arguments.get(1)));
        });
    }

    private static CelExpr sortBy(CelMacroExprFactory factory, CelExpr target, String variable, CelExpr key) {
        String input = "@__sortBy_input__";
        String result = factory.getAccumulatorVarName();
        CelExpr keys = factory.fold(
                variable,
                factory.newIdentifier(input),
                result,
                factory.newList(),
                factory.newBoolLiteral(true),
                factory.newGlobalCall(Operator.ADD.getFunction(), factory.newIdentifier(result), factory.newList(key)),
                factory.newIdentifier(result));
        return factory.fold(
                "#unused",
                factory.newList(),
                input,
                target,
                factory.newBoolLiteral(false),
                factory.newIdentifier(input),
                factory.newReceiverCall(SORT_BY_KEYS, factory.newIdentifier(input), keys));
    }
}
