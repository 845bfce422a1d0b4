package dev.interlock.decision.check;

import dev.interlock.decision.Check;
import dev.interlock.decision.CheckResult;
import dev.interlock.decision.Situation;
import dev.interlock.decision.Violation;
import dev.interlock.workload.ImageReference;
import dev.interlock.workload.ImageUse;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.RegistryPrefix;
import dev.interlock.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Every image that a workload names is well-formed, comes from an allowed registry and, where required, is
/// pinned by its digest or at least by no denied tag. Containers of every sort and image volumes alike.
///
/// @param digestRequired whether an image without a digest is a violation
/// @param registries     the allowed ones; empty allows all
/// @param deniedTags     looked at where no digest says which image it is; no tag means `latest`
public record ImagesAllowed(boolean digestRequired, List<RegistryPrefix> registries, List<String> deniedTags)
        implements Check {
    private static final String DEFAULT_TAG = "latest";

    public ImagesAllowed {
        registries = List.copyOf(registries);
        deniedTags = List.copyOf(deniedTags);
    }

    @Override
    public CheckResult evaluate(Workload workload, Situation situation) {
        List<Violation> violations = new ArrayList<>();
        workload.images().forEach(use -> look(use, violations));
        return violations.isEmpty() ? new CheckResult.Passed() : new CheckResult.Failed(new NonEmpty<>(violations));
    }

    private void look(ImageUse use, List<Violation> violations) {
        switch (ImageReference.parse(use.image())) {
            case ImageReference.Parsed.Invalid(String reason) ->
                violations.add(violation("ImageInvalid", use, "is no image reference: %s".formatted(reason)));
            case ImageReference.Parsed.Valid(ImageReference image) -> {
                if (digestRequired && !image.pinned()) {
                    violations.add(violation(
                            "DigestMissing",
                            use,
                            "has no digest; pin it as `%s@sha256:…`".formatted(Violation.shown(image.name()))));
                }
                String tag = image.tag().orElse(DEFAULT_TAG);
                if (!image.pinned() && deniedTags.contains(tag)) {
                    violations.add(violation(
                            "TagDenied", use, "is named by tag `%s`; name a release, or pin it".formatted(tag)));
                }
                if (!registries.isEmpty() && registries.stream().noneMatch(registry -> registry.covers(image))) {
                    violations.add(violation(
                            "RegistryNotAllowed", use, "is not from an allowed registry (%s)".formatted(allowed())));
                }
            }
        }
    }

    private static Violation violation(String code, ImageUse use, String what) {
        return new Violation(
                code, use.path(), "%s: image `%s` %s".formatted(use.place(), Violation.shown(use.image()), what));
    }

    private String allowed() {
        String first = registries.stream().limit(3).map(RegistryPrefix::value).collect(Collectors.joining(", "));
        return registries.size() <= 3 ? first : "%s and %d more".formatted(first, registries.size() - 3);
    }
}
