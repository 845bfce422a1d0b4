package dev.interlock.admission;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.interlock.admission.Answer.Evidenced;
import dev.interlock.decision.Decision;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.Reason;
import dev.interlock.workload.ObjectRef;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Turns an answer into an AdmissionReview. Total: a new outcome does not compile until it is worded here.
final class Rendering {
    private static final JsonFactory JSON = new JsonFactory();

    private Rendering() {}

    /// What goes over the wire.
    private record Response(
            boolean allowed, Optional<Refusal> refusal, List<String> warnings, Map<String, String> auditAnnotations) {}

    private record Refusal(
            Status status, String message, Optional<ObjectRef> subject, String resource, List<Reason> causes) {}

    /// As HTTP and `metav1.Status` have it.
    private enum Status {
        FORBIDDEN(403, "Forbidden"),
        INVALID(422, "Invalid"),
        TOO_MANY_REQUESTS(429, "TooManyRequests");

        private final int code;
        private final String reason;

        Status(int code, String reason) {
            this.code = code;
            this.reason = reason;
        }
    }

    static byte[] bytes(String uid, Answer answer) {
        return json(
                uid,
                switch (answer) {
                    case Answer.Passed(boolean unchanged) ->
                        new Response(
                                true, Optional.empty(), List.of(), unchanged ? Map.of("unchanged", "true") : Map.of());
                    case Answer.Busy _ -> busy();
                    case Answer.Refused(String message) -> refused(message);
                    case Answer.Usable(String policy, List<String> doubts) ->
                        new Response(true, Optional.empty(), Wording.doubts(policy, doubts), Map.of());
                    case Answer.Unreadable(boolean admits, String message) -> unreadable(admits, message);
                    case Answer.Decided(Decision decision, Evidenced evidence) -> decided(decision, evidence);
                });
    }

    private static Response busy() {
        String message = "Interlock has too many requests on their way; try again";
        return new Response(
                false,
                Optional.of(new Refusal(Status.TOO_MANY_REQUESTS, message, Optional.empty(), "", List.of())),
                List.of(),
                Map.of("outcome", "Busy"));
    }

    private static Response refused(String message) {
        return new Response(
                false,
                Optional.of(new Refusal(
                        Status.INVALID,
                        Line.cut(Line.of(message), Wording.MAX_BYTES),
                        Optional.empty(),
                        "",
                        List.of())),
                List.of(),
                Map.of());
    }

    private static Response unreadable(boolean admits, String message) {
        String line = Line.of(message);
        return admits
                ? new Response(
                        true,
                        Optional.empty(),
                        List.of(Line.cut("EvidenceNotDurable: let in undecided: " + line, Wording.MAX_WARNING)),
                        Map.of("outcome", "Undecided"))
                : new Response(
                        false,
                        Optional.of(new Refusal(
                                Status.FORBIDDEN,
                                Line.cut("refused, because it could not be decided: " + line, Wording.MAX_BYTES),
                                Optional.empty(),
                                "",
                                List.of())),
                        List.of(),
                        Map.of("outcome", "Undecided"));
    }

    private static Response decided(Decision decision, Evidenced evidence) {
        Optional<Refusal> refusal = decision.admits()
                ? Optional.empty()
                : Optional.of(
                        switch (decision) {
                            case Decision.Denied denied ->
                                refusal(decision, evidence, denied.denials().items());
                            case Decision.Undecided undecided ->
                                refusal(decision, evidence, undecided.causes().items());
                            case Decision.Allowed _, Decision.Warned _ ->
                                throw new IllegalStateException("these admit");
                        });
        return new Response(
                decision.admits(), refusal, Wording.warnings(decision, evidence), annotations(decision, evidence));
    }

    private static Refusal refusal(Decision decision, Evidenced evidence, List<Reason> reasons) {
        return new Refusal(
                Status.FORBIDDEN,
                Wording.refusal(decision, evidence, reasons),
                Optional.of(decision.basis().request().subject()),
                decision.basis().request().workload().kind().resource(),
                reasons);
    }

    /// They stand in the API server's audit log as `<webhook>/<key>`, and join it with the ledger.
    private static Map<String, String> annotations(Decision decision, Evidenced evidence) {
        Map<String, String> annotations = new TreeMap<>();
        annotations.put("decision", decision.id());
        annotations.put("outcome", decision.outcome());
        annotations.put(
                "policies",
                decision.basis().policies().stream().map(PolicyRef::toString).collect(Collectors.joining(",")));
        if (evidence instanceof Evidenced.InLedger(String entry)) {
            annotations.put("entry", entry);
        }
        return annotations;
    }

    private static byte[] json(String uid, Response response) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("apiVersion", "admission.k8s.io/v1");
            json.writeStringField("kind", "AdmissionReview");
            json.writeObjectFieldStart("response");
            json.writeStringField("uid", uid);
            json.writeBooleanField("allowed", response.allowed());
            if (response.refusal().isPresent()) {
                status(json, response.refusal().get());
            }
            if (!response.warnings().isEmpty()) {
                json.writeArrayFieldStart("warnings");
                for (String warning : response.warnings()) {
                    json.writeString(warning);
                }
                json.writeEndArray();
            }
            if (!response.auditAnnotations().isEmpty()) {
                json.writeObjectFieldStart("auditAnnotations");
                for (Map.Entry<String, String> annotation :
                        response.auditAnnotations().entrySet()) {
                    json.writeStringField(annotation.getKey(), annotation.getValue());
                }
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    /// A `metav1.Status`, as the API server's own refusals have it.
    private static void status(JsonGenerator json, Refusal refusal) throws IOException {
        json.writeObjectFieldStart("status");
        json.writeStringField("status", "Failure");
        json.writeNumberField("code", refusal.status().code);
        json.writeStringField("reason", refusal.status().reason);
        json.writeStringField("message", refusal.message());
        if (refusal.subject().isPresent()) {
            ObjectRef subject = refusal.subject().get();
            json.writeObjectFieldStart("details");
            json.writeStringField("name", subject.name());
            json.writeStringField("group", subject.group());
            json.writeStringField("kind", refusal.resource());
            json.writeArrayFieldStart("causes");
            for (Reason cause : refusal.causes()) {
                json.writeStartObject();
                json.writeStringField("reason", cause.violation().code());
                json.writeStringField("message", cause(cause));
                json.writeStringField("field", cause.violation().path());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static String cause(Reason reason) {
        String source = reason.policy().isEmpty() ? "" : "[%s/%s] ".formatted(reason.policy(), reason.check());
        return Line.of(source + reason.violation().message());
    }
}
