package dev.interlock.workload;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// The values of a Secret, which go no further than to a digest: no check, record or message sees them.
final class SecretData {
    private SecretData() {}

    /// The Secret with a salted digest for each value. Of each annotation too, because tools keep the whole
    /// object in one of them; kubectl's is left out, as in every content.
    ///
    /// @throws MalformedObject where `data`, `stringData` or what leads to the annotations is no object
    static Node.Obj masked(Node.Obj secret, Mask mask) {
        Node.Obj data =
                secret.object("data").map(values -> digests(values, mask)).orElse(Node.Obj.EMPTY);
        // The API server makes data of it before it asks; a file has it as it was written.
        for (var written :
                secret.object("stringData").orElse(Node.Obj.EMPTY).members().entrySet()) {
            Node value = written.getValue() instanceof Node.Text(String text)
                    ? new Node.Text(Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)))
                    : written.getValue();
            data = data.with(written.getKey(), digest(value, mask));
        }
        Node.Obj masked = secret.without("stringData").without("data");
        masked = data.members().isEmpty() ? masked : masked.with("data", data);
        Optional<Node.Obj> annotations = secret.object("metadata").flatMap(metadata -> metadata.object("annotations"));
        return annotations.isEmpty()
                ? masked
                : masked.change(
                        List.of("metadata", "annotations"), all -> digests(all.without(Content.LAST_APPLIED), mask));
    }

    private static Node.Obj digests(Node.Obj values, Mask mask) {
        Node.Obj masked = Node.Obj.EMPTY;
        for (var value : values.members().entrySet()) {
            masked = masked.with(value.getKey(), digest(value.getValue(), mask));
        }
        return masked;
    }

    private static Node digest(Node value, Mask mask) {
        return new Node.Text(mask.of(value instanceof Node.Text(String text) ? text : Canonical.text(value)));
    }
}
