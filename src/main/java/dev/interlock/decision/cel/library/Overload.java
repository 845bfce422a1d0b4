package dev.interlock.decision.cel.library;

import com.google.errorprone.annotations.Immutable;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.exceptions.CelRuntimeException;
import dev.cel.common.types.CelType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import java.util.Arrays;
import java.util.List;

/// One signature of a function with what it does, so that nothing can be declared that is not bound.
///
/// @param function the name under which expressions call it
record Overload(String function, CelOverloadDecl declaration, CelFunctionBinding binding) {
    /// Some reasons quote what an expression was given.
    private static final int MAX_REASON = 200;

    /// What a function of one argument does.
    @Immutable
    @FunctionalInterface
    interface Unary<A> {
        Object apply(A argument) throws Failure;
    }

    /// What a function of two arguments does.
    @Immutable
    @FunctionalInterface
    interface Binary<A, B> {
        Object apply(A first, B second) throws Failure;
    }

    /// What a function of none, or of more than two, arguments does.
    @Immutable
    @FunctionalInterface
    interface Variadic {
        Object apply(Object[] arguments) throws Failure;
    }

    /// A function called as `f(a)`.
    static <A> Overload global(String function, String id, CelType result, Kind<A> argument, Unary<A> body) {
        return new Overload(function, declared(false, id, result, argument), bound(function, id, argument, body));
    }

    /// A function called as `f(a, b)`.
    static <A, B> Overload global(
            String function, String id, CelType result, Kind<A> first, Kind<B> second, Binary<A, B> body) {
        return new Overload(
                function, declared(false, id, result, first, second), bound(function, id, first, second, body));
    }

    /// A function called as `f()`.
    static Overload constant(String function, String id, CelType result, Opaque value) {
        return new Overload(function, declared(false, id, result), bound(function, id, List.of(), _ -> value));
    }

    /// A function called as `a.f()`.
    static <A> Overload member(String function, String id, CelType result, Kind<A> target, Unary<A> body) {
        return new Overload(function, declared(true, id, result, target), bound(function, id, target, body));
    }

    /// A function called as `a.f(b)`.
    static <A, B> Overload member(
            String function, String id, CelType result, Kind<A> target, Kind<B> argument, Binary<A, B> body) {
        return new Overload(
                function, declared(true, id, result, target, argument), bound(function, id, target, argument, body));
    }

    /// A function called as `a.f(b, c)`, with any number of arguments.
    static Overload member(String function, String id, CelType result, List<Kind<?>> arguments, Variadic body) {
        return new Overload(
                function,
                declared(true, id, result, arguments.toArray(Kind<?>[]::new)),
                bound(function, id, arguments, body));
    }

    private static CelOverloadDecl declared(boolean member, String id, CelType result, Kind<?>... arguments) {
        List<CelType> types = Arrays.stream(arguments).<CelType>map(Kind::type).toList();
        return member
                ? CelOverloadDecl.newMemberOverload(id, result, types)
                : CelOverloadDecl.newGlobalOverload(id, result, types);
    }

    private static <A> CelFunctionBinding bound(String function, String id, Kind<A> argument, Unary<A> body) {
        return CelFunctionBinding.from(id, argument.java(), value -> {
            try {
                return body.apply(value);
            } catch (Failure | RuntimeException e) {
                throw surfaced(function, e);
            }
        });
    }

    private static <A, B> CelFunctionBinding bound(
            String function, String id, Kind<A> first, Kind<B> second, Binary<A, B> body) {
        return CelFunctionBinding.from(id, first.java(), second.java(), (one, other) -> {
            try {
                return body.apply(one, other);
            } catch (Failure | RuntimeException e) {
                throw surfaced(function, e);
            }
        });
    }

    private static CelFunctionBinding bound(String function, String id, List<Kind<?>> arguments, Variadic body) {
        List<Class<?>> classes = arguments.stream().<Class<?>>map(Kind::java).toList();
        return CelFunctionBinding.from(id, classes, values -> {
            try {
                return body.apply(values);
            } catch (Failure | RuntimeException e) {
                throw surfaced(function, e);
            }
        });
    }

    /// Without this, cel-java would put all arguments into the message, however long they are.
    private static CelEvaluationException surfaced(String function, Exception thrown) {
        return switch (thrown) {
            case Failure failure -> new CelEvaluationException(function + ": " + shortened(failure.reason()));
            case CelRuntimeException known -> throw known;
            default ->
                new CelEvaluationException(function + ": " + thrown.getClass().getSimpleName(), thrown);
        };
    }

    private static String shortened(String reason) {
        return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON) + "…";
    }
}
