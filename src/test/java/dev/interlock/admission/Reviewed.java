package dev.interlock.admission;

import dev.interlock.decision.Caller;
import dev.interlock.decision.Gate;
import dev.interlock.workload.Workload;
import java.nio.charset.StandardCharsets;

/// What an admission makes of an object, for tests of whoever reads the same object elsewhere.
public final class Reviewed {
    private Reviewed() {}

    /// @param group  of the object, empty for the core group
    /// @param object in JSON
    public static Workload workload(String group, String kind, String object) {
        String body = """
                {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "review-1",
                "kind": {"group": "%s", "version": "v1", "kind": "%s"}, "namespace": "shop", "operation": "CREATE",
                "object": %s}}""".formatted(group, kind, object);
        if (ReviewDecoder.decode(body.getBytes(StandardCharsets.UTF_8)) instanceof Decoded.Complete(Review review)
                && Parsed.from(review, Gate.REQUIRED, Caller.UNVERIFIED) instanceof Parsed.Subject(var request)) {
            return request.workload();
        }
        throw new AssertionError("no governed object: " + object);
    }
}
