package dev.interlock.decision.cel;

import com.google.errorprone.annotations.Immutable;
import dev.cel.common.exceptions.CelAttributeNotFoundException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.StructValue;
import dev.interlock.workload.Node;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A JSON object as CEL sees it: a map, and also a value of CEL's own, because the runtime would convert any other map
/// anew, and whole, at each step of a path.
@Immutable
@SuppressWarnings("Immutable") // as deeply as Node is
final class JsonObject extends StructValue<String, Object> implements Map<String, Object> {
    private static final CelType TYPE = MapType.create(SimpleType.DYN, SimpleType.DYN);

    private final Node.Obj object;
    private final Map<String, Object> members;

    JsonObject(Node.Obj object) {
        this.object = object;
        this.members = new Members(object);
    }

    /// By which it is known again.
    Node.Obj node() {
        return object;
    }

    /// As [Cost] has it.
    long units(long most) {
        return Cost.units(object, most);
    }

    @Override
    public Object select(String field) {
        Node member = object.members().get(field);
        if (member == null) {
            throw CelAttributeNotFoundException.forMissingMapKey(field);
        }
        return Json.value(member);
    }

    @Override
    public Optional<Object> find(String field) {
        return object.get(field).map(Json::value);
    }

    @Override
    public Object value() {
        return this;
    }

    @Override
    public boolean isZeroValue() {
        return object.members().isEmpty();
    }

    @Override
    public CelType celType() {
        return TYPE;
    }

    @Override
    public @Nullable Object get(@Nullable Object key) {
        return members.get(key);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return members.containsKey(key);
    }

    @Override
    public int size() {
        return members.size();
    }

    @Override
    public boolean isEmpty() {
        return members.isEmpty();
    }

    @Override
    public boolean containsValue(@Nullable Object value) {
        return members.containsValue(value);
    }

    @Override
    public Set<String> keySet() {
        return members.keySet();
    }

    @Override
    public Collection<Object> values() {
        return members.values();
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
        return members.entrySet();
    }

    @Override
    public @Nullable Object put(String key, Object value) {
        return members.put(key, value);
    }

    @Override
    public @Nullable Object remove(@Nullable Object key) {
        return members.remove(key);
    }

    @Override
    public void putAll(Map<? extends String, ?> more) {
        members.putAll(more);
    }

    @Override
    public void clear() {
        members.clear();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return members.equals(other);
    }

    @Override
    public int hashCode() {
        return members.hashCode();
    }

    /// What a map must have, over the tree. It cannot be changed.
    private static final class Members extends AbstractMap<String, Object> {
        private final Node.Obj object;

        Members(Node.Obj object) {
            this.object = object;
        }

        @Override
        public @Nullable Object get(@Nullable Object key) {
            Node member = key instanceof String name ? object.members().get(name) : null;
            return member == null ? null : Json.value(member);
        }

        @Override
        public boolean containsKey(@Nullable Object key) {
            return key instanceof String name && object.members().containsKey(name);
        }

        @Override
        public int size() {
            return object.members().size();
        }

        @Override
        public Set<String> keySet() {
            return object.members().keySet();
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            return new AbstractSet<>() {
                @Override
                public Iterator<Entry<String, Object>> iterator() {
                    return object.members().entrySet().stream()
                            .map(member -> Map.entry(member.getKey(), Json.value(member.getValue())))
                            .iterator();
                }

                @Override
                public int size() {
                    return object.members().size();
                }
            };
        }
    }
}
