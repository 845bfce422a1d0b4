package dev.interlock.kubernetes;

import static dev.interlock.kubernetes.SpecReader.items;
import static dev.interlock.kubernetes.SpecReader.required;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.api.v1alpha1.CheckSpec;
import dev.interlock.api.v1alpha1.DigestRule;
import dev.interlock.api.v1alpha1.MatchSpec;
import dev.interlock.api.v1alpha1.ModeName;
import dev.interlock.api.v1alpha1.OnUndecidedName;
import dev.interlock.api.v1alpha1.PodSecuritySpec;
import dev.interlock.api.v1alpha1.PromotionPolicySpec;
import dev.interlock.api.v1alpha1.StabilitySpec;
import dev.interlock.decision.Check;
import dev.interlock.decision.CheckId;
import dev.interlock.decision.ConfiguredCheck;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.Match;
import dev.interlock.decision.Mode;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.Tightening;
import dev.interlock.decision.check.ImagesAllowed;
import dev.interlock.decision.check.OwnerKnown;
import dev.interlock.decision.check.PodSecurity;
import dev.interlock.decision.check.Stable;
import dev.interlock.workload.RegistryPrefix;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Reads a stored PromotionPolicy. Whatever is stored gives a policy: what cannot be read becomes
/// [Policy.Unreadable], it never stops anything.
public final class PolicyMapping {
    private PolicyMapping() {}

    /// With what it says about drift and feedback.
    public static PolicyView view(GenericKubernetesResource stored) {
        return RuleMapping.view(stored);
    }

    public static Policy policy(GenericKubernetesResource stored) {
        PolicyRef ref = new PolicyRef(
                stored.getMetadata().getName(),
                stored.getMetadata().getUid(),
                Objects.requireNonNullElse(stored.getMetadata().getGeneration(), 0L));
        JsonNode spec =
                SpecReader.JSON.valueToTree(stored.getAdditionalProperties().get("spec"));
        try {
            PromotionPolicySpec readable =
                    required(SpecReader.JSON.treeToValue(judged(spec), PromotionPolicySpec.class), "spec");
            return policy(
                    ref,
                    readable,
                    TighteningMapping.read(stored.getAdditionalProperties().get("status")));
        } catch (Exception unreadable) {
            return new Policy.Unreadable(ref, matchOf(spec), SpecReader.cause(unreadable));
        }
    }

    /// Without what [RuleMapping] reads, item by item.
    private static JsonNode judged(JsonNode spec) {
        return spec instanceof com.fasterxml.jackson.databind.node.ObjectNode object
                ? object.deepCopy().without(List.of("drift", "feedback"))
                : spec;
    }

    private static Match matchOf(JsonNode spec) {
        try {
            return match(SpecReader.JSON.treeToValue(spec.path("match"), MatchSpec.class));
        } catch (Exception _) {
            return Match.ALL;
        }
    }

    /// Fields that the CRD requires may be absent all the same in an object that was stored under another CRD.
    private static Policy policy(PolicyRef ref, PromotionPolicySpec spec, List<Tightening> tightenings) {
        Mode mode = mode(required(spec.mode(), "spec.mode"));
        List<ConfiguredCheck> checks = items(required(spec.checks(), "spec.checks"), "spec.checks").stream()
                .map(check -> check(check, mode))
                .toList();
        return new Policy.Loaded(
                ref,
                match(required(spec.match(), "spec.match")),
                onUndecided(required(spec.onUndecided(), "spec.onUndecided")),
                SpecReader.owner(required(spec.owner(), "spec.owner")),
                checks,
                tightenings);
    }

    private static Match match(MatchSpec spec) {
        return new Match(
                Set.copyOf(items(spec.stages(), "match.stages")),
                spec.namespaceSelector() == null
                        ? LabelSelector.EVERYTHING
                        : SpecReader.selector(spec.namespaceSelector()));
    }

    private static ConfiguredCheck check(CheckSpec spec, Mode policyMode) {
        return new ConfiguredCheck(
                new CheckId(required(spec.id(), "checks.id")),
                spec.mode() == null ? policyMode : mode(spec.mode()),
                Optional.ofNullable(spec.owner()).map(SpecReader::owner),
                Optional.ofNullable(spec.remedy()),
                kind(spec));
    }

    /// The kinds of check. A new kind is one line here.
    private static Check kind(CheckSpec spec) {
        if (spec.images() != null) {
            return new ImagesAllowed(
                    required(spec.images().digest(), "images.digest") == DigestRule.REQUIRED,
                    items(spec.images().registries(), "images.registries").stream()
                            .map(text -> registry(text, spec.id()))
                            .toList(),
                    items(spec.images().deniedTags(), "images.deniedTags"));
        }
        if (spec.ownership() != null) {
            return new OwnerKnown();
        }
        if (spec.podSecurity() != null) {
            return podSecurity(spec.podSecurity());
        }
        if (spec.stability() != null) {
            return stable(spec.stability());
        }
        throw new IllegalArgumentException("check `%s` has no kind that this version knows".formatted(spec.id()));
    }

    private static PodSecurity podSecurity(PodSecuritySpec spec) {
        String version = required(spec.version(), "podSecurity.version");
        return new PodSecurity(
                switch (required(spec.level(), "podSecurity.level")) {
                    case BASELINE -> PodSecurity.Level.BASELINE;
                    case RESTRICTED -> PodSecurity.Level.RESTRICTED;
                },
                PodSecurity.Version.parse(version)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "`podSecurity.version` must be `latest` or such as `v1.31`")));
    }

    private static Stable stable(StabilitySpec spec) {
        if (spec.maxOpenDrift() == null && spec.maxDrift() == null) {
            throw new IllegalArgumentException("`stability` needs maxOpenDrift or maxDrift");
        }
        return new Stable(
                Optional.ofNullable(spec.maxOpenDrift()).map(Integer::longValue),
                Optional.ofNullable(spec.maxDrift())
                        .map(limit -> new Stable.Limit(
                                limit.count(),
                                SpecReader.duration(limit.within(), "stability.maxDrift.within"),
                                limit.within())));
    }

    private static RegistryPrefix registry(String text, String check) {
        try {
            return RegistryPrefix.of(text);
        } catch (IllegalArgumentException unreadable) {
            throw new IllegalArgumentException("check `%s`: %s".formatted(check, unreadable.getMessage()), unreadable);
        }
    }

    private static Mode mode(ModeName name) {
        return switch (name) {
            case ENFORCE -> Mode.ENFORCE;
            case WARN -> Mode.WARN;
            case AUDIT -> Mode.AUDIT;
        };
    }

    private static OnUndecided onUndecided(OnUndecidedName name) {
        return switch (name) {
            case DENY -> OnUndecided.DENY;
            case ALLOW -> OnUndecided.ALLOW;
        };
    }
}
