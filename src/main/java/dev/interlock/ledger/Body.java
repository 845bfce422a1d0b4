package dev.interlock.ledger;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.interlock.workload.Canonical;
import dev.interlock.workload.Node;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.TreeMap;

/// The text of a row: canonical JSON, so that equal entries are equal bytes. A reader passes by members that it does
/// not know and refuses a body that lacks one that it needs.
final class Body {
    private static final String TIME = "yyyy-MM-dd'T'HH:mm:ss.SSSX";
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern(TIME, Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final ObjectMapper MAPPER = mapper();

    private Body() {}

    private static ObjectMapper mapper() {
        ObjectMapper mapper = JsonMapper.builder()
                .addModule(new JavaTimeModule())
                .addModule(new Jdk8Module())
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
        mapper.configOverride(Instant.class)
                .setFormat(JsonFormat.Value.forPattern(TIME)
                        .withLocale(Locale.ROOT)
                        .withTimeZone(TimeZone.getTimeZone(ZoneOffset.UTC)));
        return mapper;
    }

    static String of(Record row) {
        JsonNode tree = MAPPER.valueToTree(row);
        return Canonical.text(node(tree));
    }

    static <T> T read(String body, Class<T> type) throws JacksonException {
        return MAPPER.readValue(body, type);
    }

    /// UTC with milliseconds, always as wide, so that the order of texts is the order of times.
    static String time(Instant at) {
        return CLOCK.format(at);
    }

    /// A content as it was kept.
    static Node.Obj tree(String body) throws JacksonException {
        return node(MAPPER.readTree(body)).asObject("content");
    }

    private static Node node(JsonNode json) {
        return switch (json.getNodeType()) {
            case OBJECT -> {
                TreeMap<String, Node> members = new TreeMap<>();
                json.properties().forEach(member -> members.put(member.getKey(), node(member.getValue())));
                yield new Node.Obj(members);
            }
            case ARRAY -> {
                List<Node> items = new ArrayList<>(json.size());
                json.forEach(item -> items.add(node(item)));
                yield new Node.Arr(items);
            }
            case STRING -> new Node.Text(json.textValue());
            case BOOLEAN -> new Node.Bool(json.booleanValue());
            case NUMBER -> json.isIntegralNumber() ? new Node.Int(json.longValue()) : new Node.Dec(json.doubleValue());
            case NULL -> new Node.Null();
            case MISSING, BINARY, POJO -> throw new IllegalStateException("no row has a " + json.getNodeType());
        };
    }
}
