package dev.interlock.decision;

import dev.interlock.workload.Canonical;
import dev.interlock.workload.Node;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Names what the operator decides about live objects, so that deciding it again after a crash is the same entry.
public final class Occurrence {
    private Occurrence() {}

    /// 32 hexadecimal digits over trigger, object in its version, policies in theirs, and what else was looked at.
    ///
    /// @param policies those that match
    /// @param evidence digest of everything else that the decision is made from
    public static String of(
            Trigger trigger, String uid, String resourceVersion, List<PolicyRef> policies, String evidence) {
        Stream<String> parts = Stream.concat(
                Stream.of("interlock.dev/occurrence/v1", trigger.word(), uid, resourceVersion, evidence),
                policies.stream().sorted().map(policy -> policy.uid() + "@" + policy.generation()));
        return Canonical.sha256(new Node.Arr(parts.<Node>map(Node.Text::new).collect(Collectors.toList())))
                .substring(0, 32);
    }
}
