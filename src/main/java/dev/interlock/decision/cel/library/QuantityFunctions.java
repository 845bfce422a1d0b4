package dev.interlock.decision.cel.library;

import static dev.interlock.decision.cel.library.Kind.INT;
import static dev.interlock.decision.cel.library.Kind.STRING;

import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import java.util.List;

/// The functions on amounts of resources.
final class QuantityFunctions {
    private static final Kind<Quantity> QUANTITY = new Kind<>(Quantity.TYPE, Quantity.class);

    private QuantityFunctions() {}

    static List<Overload> overloads() {
        OpaqueType type = Quantity.TYPE;
        return List.of(
                Overload.global("quantity", "string_to_quantity", type, STRING, Quantity::parse),
                Overload.global(
                        "isQuantity", "is_quantity_string", SimpleType.BOOL, STRING, QuantityFunctions::isQuantity),
                // Kubernetes documents a member function, but it is none.
                Overload.global("sign", "quantity_sign", SimpleType.INT, QUANTITY, quantity -> (long) quantity.sign()),
                Overload.member(
                        "isGreaterThan",
                        "quantity_is_greater_than",
                        SimpleType.BOOL,
                        QUANTITY,
                        QUANTITY,
                        (one, other) -> one.compareTo(other) > 0),
                Overload.member(
                        "isLessThan",
                        "quantity_is_less_than",
                        SimpleType.BOOL,
                        QUANTITY,
                        QUANTITY,
                        (one, other) -> one.compareTo(other) < 0),
                Overload.member("compareTo", "quantity_compare_to", SimpleType.INT, QUANTITY, QUANTITY, (one, other) ->
                        (long) one.compareTo(other)),
                Overload.member(
                        "asApproximateFloat",
                        "quantity_get_float",
                        SimpleType.DOUBLE,
                        QUANTITY,
                        Quantity::asApproximateFloat),
                Overload.member("asInteger", "quantity_get_int", SimpleType.INT, QUANTITY, Quantity::asInteger),
                Overload.member("isInteger", "quantity_is_integer", SimpleType.BOOL, QUANTITY, Quantity::isInteger),
                Overload.member("add", "quantity_add", type, QUANTITY, QUANTITY, Quantity::plus),
                Overload.member(
                        "add",
                        "quantity_add_int",
                        type,
                        QUANTITY,
                        INT,
                        (quantity, number) -> quantity.plus(Quantity.of(number))),
                Overload.member("sub", "quantity_sub", type, QUANTITY, QUANTITY, Quantity::minus),
                Overload.member(
                        "sub",
                        "quantity_sub_int",
                        type,
                        QUANTITY,
                        INT,
                        (quantity, number) -> quantity.minus(Quantity.of(number))));
    }

    private static boolean isQuantity(String text) {
        try {
            Quantity.parse(text);
            return true;
        } catch (Failure e) {
            return false;
        }
    }
}
