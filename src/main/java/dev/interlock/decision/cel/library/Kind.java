package dev.interlock.decision.cel.library;

import com.google.common.primitives.UnsignedLong;
import com.google.errorprone.annotations.Immutable;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import java.util.List;

/// A type of an argument, as the checker and as the Java code of a function know it.
///
/// @param type what the checker knows
/// @param java the class of the values at run time
@Immutable
record Kind<T>(CelType type, Class<T> java) {
    static final Kind<String> STRING = new Kind<>(SimpleType.STRING, String.class);
    static final Kind<Long> INT = new Kind<>(SimpleType.INT, Long.class);
    static final Kind<UnsignedLong> UINT = new Kind<>(SimpleType.UINT, UnsignedLong.class);
    static final Kind<Boolean> BOOL = new Kind<>(SimpleType.BOOL, Boolean.class);
    static final Kind<Object> ANY = new Kind<>(TypeParamType.create("T"), Object.class);

    /// A list of values of a type. At run time a list does not know the type of its items.
    @SuppressWarnings("unchecked")
    static Kind<List<Object>> listOf(CelType item) {
        return new Kind<>(ListType.create(item), (Class<List<Object>>) (Class<?>) List.class);
    }
}
