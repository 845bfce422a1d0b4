package dev.interlock.decision.cel.library;

import static dev.interlock.decision.cel.library.Kind.STRING;

import dev.cel.common.CelOptions;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.RuntimeEquality;
import dev.cel.runtime.standard.DurationFunction.DurationOverload;
import java.time.Duration;
import java.util.List;

/// `duration`, as cel-java has it, of texts that are not too long.
final class DurationFunctions {
    /// To read one takes a time that is quadratic in its length.
    private static final int LONGEST = 100;

    private DurationFunctions() {}

    static List<Overload> standard(RuntimeEquality equality, CelOptions options) {
        var read = DurationOverload.STRING_TO_DURATION
                .newFunctionBinding(options, equality)
                .getDefinition();
        return List.of(
                Overload.global("duration", "string_to_duration", SimpleType.DURATION, STRING, text -> {
                    if (text.length() > LONGEST) {
                        throw new Failure("a duration has at most %d characters".formatted(LONGEST));
                    }
                    try {
                        return read.apply(new Object[] {text});
                    } catch (CelEvaluationException e) {
                        throw new Failure("no duration");
                    }
                }),
                Overload.global(
                        "duration",
                        "duration_to_duration",
                        SimpleType.DURATION,
                        new Kind<>(SimpleType.DURATION, Duration.class),
                        duration -> duration));
    }
}
