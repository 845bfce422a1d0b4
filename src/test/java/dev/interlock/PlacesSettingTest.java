package dev.interlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interlock.ledger.Place;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Where the ledger is, by what is set; and what contradicts itself.
class PlacesSettingTest {
    private static final String URL = "interlock.database.url";
    private static final String DATABASE = "jdbc:postgresql://db:5432/interlock";

    private static Settings settings(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(Settings.class)
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .build()
                .getConfigMapping(Settings.class);
    }

    @Test
    void oneSettingMakesItADatabase() {
        assertThat(Wiring.places(settings(Map.of())).admissions()).isInstanceOf(Place.File.class);
        assertThat(Wiring.places(settings(Map.of(URL, DATABASE))).admissions())
                .hasToString(DATABASE + ", schema interlock_webhook");
    }

    static Stream<Arguments> contradictions() {
        return Stream.of(
                Arguments.of(
                        Map.of("interlock.database.user", "ann"),
                        "INTERLOCK_DATABASE_USER or INTERLOCK_DATABASE_PASSWORD is set and INTERLOCK_DATABASE_URL is not"),
                Arguments.of(Map.of(URL, "jdbc:postgresql:///interlock"), "INTERLOCK_DATABASE_URL cannot be used: "),
                Arguments.of(
                        Map.of("interlock.replica", "interlock-1", "interlock.pod-uid", "uid"),
                        "`interlock-1` is not the only replica, and each would have a ledger of its own"));
    }

    @ParameterizedTest
    @MethodSource("contradictions")
    void contradictionIsRefusedWithWhatToChange(Map<String, String> properties, String sentence) {
        assertThatExceptionOfType(SettingsUnusable.class)
                .isThrownBy(() -> Wiring.places(settings(properties)))
                .withMessageStartingWith(sentence);
    }

    @Test
    void firstReplicaAndReplicasWithADatabaseAreTaken() {
        assertThat(Wiring.places(settings(Map.of("interlock.replica", "interlock-0", "interlock.pod-uid", "uid")))
                        .admissions())
                .isInstanceOf(Place.File.class);
        assertThat(Wiring.places(settings(
                                Map.of("interlock.replica", "interlock-1", "interlock.pod-uid", "uid", URL, DATABASE)))
                        .admissions())
                .isInstanceOf(Place.Schema.class);
    }
}
