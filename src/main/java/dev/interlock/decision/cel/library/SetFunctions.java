package dev.interlock.decision.cel.library;

import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import dev.cel.runtime.RuntimeEquality;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// `sets.contains`, `sets.equivalent` and `sets.intersects`, as cel-java has them, with a limit on how many items are
/// compared.
final class SetFunctions {
    /// What a comparison of lists or maps costs more than one of texts or numbers.
    private static final int DEEP = 256;

    private SetFunctions() {}

    static List<Overload> overloads(RuntimeEquality equality) {
        Kind<List<Object>> list = Kind.listOf(TypeParamType.create("T"));
        return List.of(
                Overload.global(
                        "sets.contains",
                        "list_sets_contains_list",
                        SimpleType.BOOL,
                        list,
                        list,
                        (all, some) -> containsAll(all, some, equality)),
                Overload.global(
                        "sets.equivalent",
                        "list_sets_equivalent_list",
                        SimpleType.BOOL,
                        list,
                        list,
                        (one, other) -> containsAll(one, other, equality) && containsAll(other, one, equality)),
                Overload.global(
                        "sets.intersects",
                        "list_sets_intersects_list",
                        SimpleType.BOOL,
                        list,
                        list,
                        (one, other) -> intersect(one, other, equality)));
    }

    private static boolean containsAll(List<Object> all, List<Object> some, RuntimeEquality equality) throws Failure {
        Charge.product(all.size(), some.size());
        return some.stream().allMatch(item -> contains(all, item, equality));
    }

    private static boolean intersect(List<Object> one, List<Object> other, RuntimeEquality equality) throws Failure {
        Charge.product(one.size(), other.size());
        return one.stream().anyMatch(item -> contains(other, item, equality));
    }

    private static boolean contains(List<Object> items, Object wanted, RuntimeEquality equality) {
        boolean deep = wanted instanceof Collection || wanted instanceof Map;
        return items.stream().anyMatch(item -> {
            if (deep) {
                Charge.units(DEEP);
            }
            return equality.objectEquals(item, wanted);
        });
    }
}
