package dev.interlock.decision.check;

import dev.interlock.decision.Check;
import dev.interlock.decision.CheckResult;
import dev.interlock.decision.Situation;
import dev.interlock.decision.Violation;
import dev.interlock.workload.MalformedObject;
import dev.interlock.workload.NonEmpty;
import dev.interlock.workload.Workload;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The Pods that a workload makes keep to a level of the
/// [Pod Security Standards](https://kubernetes.io/docs/concepts/security/pod-security-standards/), as the API server's
/// own admission judges it for Pods, at any version: of a Deployment's template what would be said of its Pods.
public record PodSecurity(Level level, Version version) implements Check {
    /// Of the standards. The third, `privileged`, forbids nothing.
    public enum Level {
        BASELINE,
        RESTRICTED
    }

    /// Which version of the standards: that of a minor release of Kubernetes.
    ///
    /// @param minor as in `v1.<minor>`; one that came after the newest known means the newest known
    public record Version(int minor) {
        /// The newest that this version of Interlock knows.
        public static final Version LATEST = new Version(Integer.MAX_VALUE);

        private static final Pattern TEXT = Pattern.compile("v1\\.(0|[1-9][0-9]{0,2})");

        /// Reads `latest` or `v1.<minor>`; empty where it is neither.
        public static Optional<Version> parse(String text) {
            if (text.equals("latest")) {
                return Optional.of(LATEST);
            }
            Matcher matcher = TEXT.matcher(text);
            return matcher.matches() ? Optional.of(new Version(Integer.parseInt(matcher.group(1)))) : Optional.empty();
        }
    }

    @Override
    public CheckResult evaluate(Workload workload, Situation situation) {
        try {
            List<Violation> violations = PodControls.violations(level, version.minor(), workload);
            return violations.isEmpty() ? new CheckResult.Passed() : new CheckResult.Failed(new NonEmpty<>(violations));
        } catch (MalformedObject malformed) {
            return new CheckResult.Errored("the pod specification cannot be read: " + malformed.getMessage());
        }
    }
}
