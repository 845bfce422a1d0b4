package dev.interlock.decision.cel.library;

import com.google.errorprone.annotations.Immutable;
import dev.cel.common.values.OpaqueValue;

/// A value that expressions can only hand to functions. It is a class that extends cel-java's, not a record:
/// only so does `type(x)` know it where the checker does not.
@Immutable
abstract class Opaque extends OpaqueValue {
    @Override
    public final Object value() {
        return this;
    }
}
