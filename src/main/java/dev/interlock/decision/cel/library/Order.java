package dev.interlock.decision.cel.library;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.internal.ComparisonFunctions;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.CelByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;

/// How values of the types that have an order compare, as `<` has it in the API server.
final class Order {
    /// The types that have an order, each with the name it has within the names of overloads.
    static final List<Named> TYPES = List.of(
            new Named("int", SimpleType.INT),
            new Named("uint", SimpleType.UINT),
            new Named("double", SimpleType.DOUBLE),
            new Named("bool", SimpleType.BOOL),
            new Named("duration", SimpleType.DURATION),
            new Named("timestamp", SimpleType.TIMESTAMP),
            new Named("string", SimpleType.STRING),
            new Named("bytes", SimpleType.BYTES));

    private Order() {}

    /// A type and its name.
    record Named(String name, CelType type) {}

    /// Whether values of this kind have an order at all.
    static boolean has(Object value) {
        return value instanceof Number
                || value instanceof Boolean
                || value instanceof Duration
                || value instanceof Instant
                || value instanceof String
                || value instanceof CelByteString;
    }

    /// Empty where the two have no order: of different kinds, or one is not a number.
    static OptionalInt of(Object one, Object other) {
        return switch (one) {
            case Number a when other instanceof Number b && !isNaN(a) && !isNaN(b) -> OptionalInt.of(numbers(a, b));
            case Boolean a when other instanceof Boolean b -> OptionalInt.of(a.compareTo(b));
            case Duration a when other instanceof Duration b -> OptionalInt.of(a.compareTo(b));
            case Instant a when other instanceof Instant b -> OptionalInt.of(a.compareTo(b));
            case String a when other instanceof String b -> OptionalInt.of(GoText.compare(a, b));
            case CelByteString a
            when other instanceof CelByteString b ->
                OptionalInt.of(CelByteString.unsignedLexicographicalComparator().compare(a, b));
            default -> OptionalInt.empty();
        };
    }

    private static int numbers(Number one, Number other) {
        if (one instanceof Long a && other instanceof Long b) {
            return a.compareTo(b);
        }
        if (one instanceof UnsignedLong a && other instanceof UnsignedLong b) {
            return a.compareTo(b);
        }
        return ComparisonFunctions.numericCompare(one, other);
    }

    private static boolean isNaN(Number number) {
        return number instanceof Double real && real.isNaN();
    }
}
