package dev.interlock.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Output for programs. Every key is there in every answer, in the same order; what is not known is an empty text.
final class Json {
    private static final JsonMapper WRITER = JsonMapper.builder().build();

    private Json() {}

    /// @param pairs names and values, in turn; an Optional is its value or an empty text
    static Map<String, Object> object(Object... pairs) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            Object value = pairs[i + 1];
            object.put((String) pairs[i], value instanceof Optional<?> optional ? orEmpty(optional) : value);
        }
        return object;
    }

    private static Object orEmpty(Optional<?> optional) {
        return optional.isPresent() ? optional.get() : "";
    }

    static String text(Map<String, Object> object) {
        return written(WRITER.writerWithDefaultPrettyPrinter(), object) + "\n";
    }

    /// The same as YAML.
    static String yaml(Map<String, Object> object) {
        return written(YAMLMapper.builder().build().writer(), object);
    }

    private static String written(ObjectWriter writer, Map<String, Object> object) {
        try {
            return writer.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("only maps, lists, texts, numbers and truths are written", e);
        }
    }
}
