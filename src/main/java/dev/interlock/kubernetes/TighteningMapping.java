package dev.interlock.kubernetes;

import dev.interlock.api.v1alpha1.EffectiveSpec;
import dev.interlock.api.v1alpha1.ModeName;
import dev.interlock.api.v1alpha1.ScopeName;
import dev.interlock.api.v1alpha1.ThresholdsSpec;
import dev.interlock.decision.CheckId;
import dev.interlock.decision.Mode;
import dev.interlock.decision.Tightening;
import dev.interlock.decision.check.Stable;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `status.effective` of a policy and what the core makes of it, both ways. Reading is lenient: what cannot be read is
/// left out, because the status can only tighten (law 11).
public final class TighteningMapping {
    /// As the CRD bounds them.
    static final int MOST = 200;

    private static final int MOST_CAUSES = 10;

    private TighteningMapping() {}

    static List<Tightening> read(@Nullable Object status) {
        if (!(status instanceof Map<?, ?> members) || !(members.get("effective") instanceof List<?> items)) {
            return List.of();
        }
        return items.stream().flatMap(TighteningMapping::one).toList();
    }

    private static Stream<Tightening> one(@Nullable Object item) {
        try {
            EffectiveSpec spec =
                    SpecReader.required(SpecReader.JSON.convertValue(item, EffectiveSpec.class), "effective");
            Optional<Mode> mode = Optional.ofNullable(spec.mode()).map(_ -> Mode.ENFORCE);
            boolean everywhere = spec.scope() == ScopeName.POLICY;
            return Stream.of(new Tightening(
                    new CheckId(spec.check()),
                    everywhere ? Optional.empty() : Optional.of(SpecReader.required(spec.service(), "service")),
                    mode,
                    thresholds(spec.set()),
                    spec.cause() == null ? "" : spec.cause(),
                    SpecReader.items(spec.because(), "because"),
                    Instant.parse(spec.since()),
                    Instant.parse(spec.until())));
        } catch (RuntimeException _) {
            return Stream.of();
        }
    }

    static Map<String, Long> thresholds(@Nullable ThresholdsSpec spec) {
        Map<String, Long> thresholds = new HashMap<>();
        if (spec != null && spec.maxOpenDrift() != null) {
            thresholds.put(Stable.MAX_OPEN_DRIFT, spec.maxOpenDrift().longValue());
        }
        if (spec != null && spec.maxDrift() != null) {
            thresholds.put(Stable.MAX_DRIFT, spec.maxDrift().longValue());
        }
        return thresholds;
    }

    /// As it stands in [PromotionPolicyStatus].
    public static EffectiveSpec spec(Tightening tightening) {
        Map<String, Long> set = tightening.thresholds();
        return new EffectiveSpec(
                tightening.check().value(),
                tightening.service().isPresent() ? ScopeName.SERVICE : ScopeName.POLICY,
                tightening.service().orElse(null),
                tightening.mode().map(_ -> ModeName.ENFORCE).orElse(null),
                set.isEmpty()
                        ? null
                        : new ThresholdsSpec(number(set.get(Stable.MAX_OPEN_DRIFT)), number(set.get(Stable.MAX_DRIFT))),
                tightening.cause(),
                tightening.because().stream().limit(MOST_CAUSES).toList(),
                tightening.since().toString(),
                tightening.until().toString());
    }

    private static @Nullable Integer number(@Nullable Long value) {
        return value == null ? null : value.intValue();
    }
}
