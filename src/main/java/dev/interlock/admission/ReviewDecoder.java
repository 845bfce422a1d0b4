package dev.interlock.admission;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.interlock.workload.MalformedObject;
import dev.interlock.workload.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads an AdmissionReview from bytes in one pass, into an own immutable tree. Strict: depth and lengths are
/// bounded, a name may not stand twice in one object, nothing may follow the document.
/// `metadata.managedFields`, half of a review, is skipped, but in the old object: who owned what tells a
/// default from what somebody wrote.
final class ReviewDecoder {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(200)
                    .maxStringLength(4 * 1024 * 1024)
                    .maxNameLength(64 * 1024)
                    .maxNumberLength(400)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private ReviewDecoder() {}

    static Decoded decode(byte[] body) {
        return decode(body, new Fields(false));
    }

    /// What an API server writes before the objects: all but these and whether it is a dry run. Takes no more
    /// than some microseconds, however large they are.
    static Decoded head(byte[] body) {
        return decode(body, new Fields(true));
    }

    private static Decoded decode(byte[] body, Fields fields) {
        try (JsonParser parser = JSON.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return new Decoded.NotAReview("the body must be one AdmissionReview in JSON");
            }
            readReview(parser, fields);
            if (!fields.ended && parser.nextToken() != null) {
                return unreadable(fields, "the body holds more than one document");
            }
        } catch (StreamConstraintsException e) {
            return unreadable(fields, "the review exceeds a limit: " + e.getOriginalMessage());
        } catch (MalformedObject e) {
            return unreadable(fields, "the review is malformed: " + e.getMessage());
        } catch (IOException e) {
            // Not only JsonProcessingException: bytes that look like UTF-16 or UTF-32 may fail as such.
            return unreadable(fields, "the review is no valid JSON, or a name stands twice in one object");
        }
        return complete(fields);
    }

    /// What was read so far.
    private static final class Fields {
        final boolean headOnly;

        /// Whether no more is to be read.
        boolean ended;

        String apiVersion = "";
        String kind = "";
        boolean hasRequest;
        Set<String> groups = Set.of();
        final Map<String, String> texts = new HashMap<>();
        boolean dryRun;
        Optional<Node.Obj> object = Optional.empty();
        Optional<Node.Obj> oldObject = Optional.empty();

        Fields(boolean headOnly) {
            this.headOnly = headOnly;
        }

        String text(String name) {
            return texts.getOrDefault(name, "");
        }
    }

    private static Decoded unreadable(Fields fields, String message) {
        String uid = fields.text("uid");
        return uid.isEmpty() ? new Decoded.NotAReview(message) : new Decoded.Unreadable(uid, message);
    }

    private static Decoded complete(Fields fields) {
        if (!fields.kind.equals("AdmissionReview")) {
            return new Decoded.NotAReview("`kind` must be `AdmissionReview`");
        }
        if (!fields.apiVersion.equals("admission.k8s.io/v1")) {
            return new Decoded.NotAReview("`apiVersion` must be `admission.k8s.io/v1`");
        }
        if (!fields.hasRequest) {
            return new Decoded.NotAReview("the review has no `request`");
        }
        if (fields.text("uid").isEmpty()) {
            return new Decoded.NotAReview("the review's request has no `uid`");
        }
        String group = fields.text("group");
        String version = fields.text("version");
        return new Decoded.Complete(new Review(
                fields.text("uid"),
                group.isEmpty() ? version : group + "/" + version,
                fields.text("kind"),
                fields.text("resource"),
                fields.text("subResource"),
                fields.text("name"),
                fields.text("namespace"),
                fields.text("operation"),
                fields.text("username"),
                fields.groups,
                fields.dryRun,
                fields.object,
                fields.oldObject));
    }

    private static void readReview(JsonParser parser, Fields fields) throws IOException {
        while (!fields.ended && parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "apiVersion" -> fields.apiVersion = text(parser, name);
                case "kind" -> fields.kind = text(parser, name);
                case "request" -> {
                    if (value == JsonToken.START_OBJECT) {
                        fields.hasRequest = true;
                        readRequest(parser, fields);
                    } else if (value != JsonToken.VALUE_NULL) {
                        throw new MalformedObject("`request` must be an object");
                    }
                }
                default -> parser.skipChildren();
            }
        }
    }

    private static void readRequest(JsonParser parser, Fields fields) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (fields.headOnly && (name.equals("object") || name.equals("oldObject"))) {
                fields.ended = true;
                return;
            }
            parser.nextToken();
            switch (name) {
                case "uid", "subResource", "name", "namespace", "operation" ->
                    fields.texts.put(name, text(parser, name));
                case "kind" -> readTexts(parser, fields, "group", "version", "kind");
                case "resource" -> readTexts(parser, fields, "resource");
                case "userInfo" -> readUser(parser, fields);
                case "dryRun" -> fields.dryRun = parser.currentToken() == JsonToken.VALUE_TRUE;
                case "object" -> fields.object = readObject(parser, name);
                case "oldObject" -> fields.oldObject = readObject(parser, name);
                default -> parser.skipChildren();
            }
        }
    }

    private static void readTexts(JsonParser parser, Fields fields, String... wanted) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        List<String> names = List.of(wanted);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            if (names.contains(name)) {
                fields.texts.put(name, text(parser, name));
            } else {
                parser.skipChildren();
            }
        }
    }

    private static void readUser(JsonParser parser, Fields fields) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "username" -> fields.texts.put(name, text(parser, name));
                case "groups" -> fields.groups = groups(parser);
                default -> parser.skipChildren();
            }
        }
    }

    private static Set<String> groups(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return Set.of();
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new MalformedObject("`groups` must be a list");
        }
        Set<String> groups = new HashSet<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            groups.add(text(parser, "groups"));
        }
        return groups;
    }

    private static String text(JsonParser parser, String name) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> parser.getText();
            case VALUE_NULL -> "";
            default -> throw new MalformedObject("`%s` must be a string".formatted(name));
        };
    }

    private static Optional<Node.Obj> readObject(JsonParser parser, String name) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NULL -> Optional.empty();
            case START_OBJECT -> Optional.of(new Tree(parser, name.equals("oldObject")).members(0));
            default -> throw new MalformedObject("`%s` must be an object".formatted(name));
        };
    }

    /// One object on its way from the parser. Counts what it makes: a body of many tiny parts takes many
    /// times its bytes.
    private static final class Tree {
        private static final int MOST_NODES = 500_000;

        private final JsonParser parser;
        private final boolean withManagers;
        private int nodes;

        Tree(JsonParser parser, boolean withManagers) {
            this.parser = parser;
            this.withManagers = withManagers;
        }

        Node.Obj members(int depth) throws IOException {
            Map<String, Node> members = new HashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (!withManagers && depth == 1 && name.equals("managedFields")) {
                    parser.skipChildren();
                } else {
                    members.put(name, node(depth + 1));
                }
            }
            return members.isEmpty() ? Node.Obj.EMPTY : Node.Obj.of(members);
        }

        private Node node(int depth) throws IOException {
            if (++nodes > MOST_NODES) {
                throw new MalformedObject("it has more than %d values".formatted(MOST_NODES));
            }
            return switch (parser.currentToken()) {
                case START_OBJECT -> members(depth);
                case START_ARRAY -> {
                    List<Node> items = new ArrayList<>();
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        items.add(node(depth + 1));
                    }
                    yield new Node.Arr(items);
                }
                case VALUE_STRING -> new Node.Text(parser.getText());
                case VALUE_NUMBER_INT -> whole();
                case VALUE_NUMBER_FLOAT -> decimal();
                case VALUE_TRUE -> new Node.Bool(true);
                case VALUE_FALSE -> new Node.Bool(false);
                case VALUE_NULL -> new Node.Null();
                default -> throw new MalformedObject("unexpected end of the document");
            };
        }

        private Node whole() throws IOException {
            return switch (parser.getNumberType()) {
                case INT, LONG -> new Node.Int(parser.getLongValue());
                default -> decimal();
            };
        }

        private Node decimal() throws IOException {
            double value = Double.parseDouble(parser.getText());
            if (!Double.isFinite(value)) {
                throw new MalformedObject("a number is too large");
            }
            return new Node.Dec(value);
        }
    }
}
