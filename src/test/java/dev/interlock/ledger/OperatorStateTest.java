package dev.interlock.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Keeping.class)
class OperatorStateTest {
    private final Keeping keeping;

    @TempDir
    Path directory;

    private Place place;

    OperatorStateTest(Keeping keeping) {
        this.keeping = keeping;
    }

    @BeforeEach
    void name() {
        place = keeping.places(directory).state();
    }

    @Test
    void aCursorBeginsAtNothingAndKeepsThePlaceOfEachLedger() {
        try (OperatorState cursor = OperatorState.open(place)) {
            assertThat(cursor.after("one")).isZero();
            cursor.advance("one", 7);
            cursor.advance("two", 3);
        }
        try (OperatorState cursor = OperatorState.open(place)) {
            assertThat(cursor.after("one")).isEqualTo(7);
            assertThat(cursor.after("two")).isEqualTo(3);
        }
    }

    @Test
    void aCursorNeverGoesBack() {
        try (OperatorState cursor = OperatorState.open(place)) {
            cursor.advance("one", 7);
            cursor.advance("one", 5);
            assertThat(cursor.after("one")).isEqualTo(7);
        }
    }

    @Test
    void whenTheGateWasSeenAndWhatWasLiveSurviveReopening() {
        Instant at = Instant.parse("2026-11-25T10:00:00.123Z");
        try (OperatorState state = OperatorState.open(place)) {
            assertThat(state.gateSeen()).isEmpty();
            assertThat(state.lastLive("uid-1")).isEmpty();
            state.gateSeen(at.minusSeconds(1));
            state.gateSeen(at);
            state.lastLive("uid-1", "old");
            state.lastLive("uid-1", "content-1");
            state.lastLive("uid-2", "content-2");
            state.forget("uid-2");
        }
        try (OperatorState state = OperatorState.open(place)) {
            assertThat(state.gateSeen()).contains(at);
            assertThat(state.lastLive("uid-1")).contains("content-1");
            assertThat(state.lastLive("uid-2")).isEmpty();
        }
    }

    @Test
    void cursorGoesBackToTheEndOfALedgerThatWasRestoredAndNotFurther() {
        try (OperatorState cursor = OperatorState.open(place)) {
            cursor.advance("a", 9);
            cursor.rewind("a", 12);
            assertThat(cursor.after("a")).isEqualTo(9);
            cursor.rewind("a", 4);
            assertThat(cursor.after("a")).isEqualTo(4);
        }
    }
}
