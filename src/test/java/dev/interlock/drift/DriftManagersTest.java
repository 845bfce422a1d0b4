package dev.interlock.drift;

import static dev.interlock.drift.DriftFixture.NOON;
import static dev.interlock.drift.DriftFixture.entry;
import static dev.interlock.drift.DriftFixture.node;
import static dev.interlock.drift.DriftFixture.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Whose a field is.
class DriftManagersTest {
    private static final FieldPath SPEC = FieldPath.ROOT.member("spec");
    private static final Managers MANAGERS = new Managers(List.of(
            entry("old", "Apply", NOON, "{\"f:spec\": {\"f:paused\": {}}}"),
            entry("new", "Update", NOON.plusSeconds(1), """
                    {"f:spec": {".": {}, "f:paused": {}, "f:tolerations": {}, "f:env": {
                       ".": {}, "k:{\\"name\\":\\"A\\"}": {".": {}, "f:value": {}}},
                     "f:words": {"v:\\"a\\"": {}}, "f:places": {"i:1": {}}}}
                    """),
            new ManagedFields("undated", "Update", "", Optional.empty(), object("{\"f:spec\": {\"f:paused\": {}}}"))));

    @Test
    void newestManagerComesFirstAndOneWithoutATimeLast() {
        assertThat(MANAGERS.of(SPEC.member("paused"))).containsExactly("new", "old", "undated");
        assertThat(MANAGERS.newest(SPEC.member("paused"))).contains("new");
    }

    @Test
    void pathIsOwnedWithWhatIsBelowItAndWithTheWholeThatItIsPartOf() {
        assertThat(MANAGERS.of(FieldPath.ROOT.member("spec"))).isNotEmpty();
        assertThat(MANAGERS.of(SPEC.member("env").item(object("{\"name\": \"A\"}"))))
                .containsExactly("new");
        assertThat(MANAGERS.of(SPEC.member("env").item(object("{\"name\": \"B\"}"))))
                .isEmpty();
        assertThat(MANAGERS.of(SPEC.member("tolerations").item(0, node("{}")).member("key")))
                .containsExactly("new");
        assertThat(MANAGERS.of(SPEC.member("words").item(7, node("\"a\"")))).containsExactly("new");
        assertThat(MANAGERS.of(SPEC.member("words").item(7, node("\"b\"")))).isEmpty();
        assertThat(MANAGERS.of(SPEC.member("places").item(1, node("\"b\"")))).containsExactly("new");
        assertThat(MANAGERS.of(SPEC.member("other"))).isEmpty();
        assertThat(MANAGERS.of(FieldPath.ROOT.member("metadata"))).isEmpty();
    }

    @Test
    void nobodyDisownsAnythingWhereThereAreNoManagers() {
        assertThat(MANAGERS.disown(SPEC.member("other"))).isTrue();
        assertThat(MANAGERS.disown(SPEC.member("paused"))).isFalse();
        assertThat(Managers.NONE.disown(SPEC.member("other"))).isFalse();
    }
}
