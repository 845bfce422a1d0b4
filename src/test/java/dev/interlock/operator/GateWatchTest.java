package dev.interlock.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.kubernetes.Answering;
import dev.interlock.kubernetes.GateState;
import dev.interlock.ledger.LedgerReader;
import dev.interlock.ledger.OperatorLedger;
import dev.interlock.ledger.OperatorState;
import dev.interlock.ledger.Place;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Law 8: each interval in which the gate was away is known, with start, end and cause. The clock is moved by hand.
class GateWatchTest {
    private static final Instant START = Instant.parse("2026-11-25T10:00:00Z");
    private static final GateState WHOLE = new GateState.Whole();

    @TempDir
    Path directory;

    private Instant now = START;
    private Duration set = Duration.ZERO;
    private GateState gate = WHOLE;
    private boolean webhook = true;
    private Instant opened = START;
    private Optional<String> version = Optional.of("uid/1");
    private int ended;
    private int doubted;
    private OperatorLedger ledger;
    private LedgerReader reader;
    private OperatorState state;
    private DriftBook book;
    private GateWatch watch;

    @BeforeEach
    void start() {
        ledger = OperatorLedger.open(new Place.File(directory.resolve("operator.db")));
        reader = LedgerReader.open(ledger.place());
        state = OperatorState.open(new Place.File(directory.resolve("state.db")));
        book = new DriftBook(ledger, reader);
        GateWatch.Gate configuration = new GateWatch.Gate() {
            @Override
            public GateState state() {
                return gate;
            }

            @Override
            public Optional<String> version() {
                return version;
            }
        };
        GateWatch.Webhooks webhooks = new GateWatch.Webhooks() {
            @Override
            public Optional<Answering> answering(Instant at, Optional<Instant> seen) {
                return webhook ? Optional.of(new Answering(opened, at)) : Optional.empty();
            }

            @Override
            public void doubt() {
                doubted++;
            }
        };
        watch = new GateWatch(configuration, webhooks, book, state, () -> ended++, () -> now, () -> now.minus(set));
    }

    @AfterEach
    void stop() {
        watch.close();
        state.close();
        reader.close();
        ledger.close();
    }

    private void restart() {
        stop();
        start();
    }

    /// The webhook was away as well, and answers from that second on.
    private void openAt(int second) {
        opened = START.plusSeconds(second);
    }

    private void lookAt(int second) {
        now = START.plusSeconds(second);
        watch.look();
    }

    private Optional<Instant> began() {
        return book.gap().map(DriftBook.Interval::start);
    }

    @Test
    void law8_clockThatIsSetBackMakesNoGapAndHidesNone() {
        opened = START.minusSeconds(60);
        lookAt(0);
        lookAt(5);
        set = Duration.ofMinutes(-10);
        opened = opened.plus(set);
        lookAt(-600 + 6);
        assertThat(began()).as("whoever answered then still does").isEmpty();
        assertThat(state.gateSeen()).contains(START.plusSeconds(-600 + 6));
        assertThat(doubted).isEqualTo(1);
        webhook = false;
        lookAt(-600 + 8);
        assertThat(began()).contains(START.plusSeconds(-600 + 6));
    }

    /// It is not known whether the clock was set or the machine slept.
    @Test
    void law8_timeThatPassedWithoutALookIsAGapUnlessSomebodyHasAnsweredSinceBefore() {
        lookAt(0);
        lookAt(5);
        set = Duration.ofMinutes(10);
        opened = START.minusSeconds(60);
        lookAt(605);
        assertThat(began()).isEmpty();
        assertThat(doubted).isEqualTo(1);
        set = Duration.ofMinutes(20);
        opened = START.plusSeconds(1_100);
        lookAt(1_206);
        lookAt(1_207);
        assertThat(ended).isEqualTo(1);
        assertThat(book.gapAt(START.plusSeconds(900))).isPresent();
    }

    static Stream<Arguments> causes() {
        return Stream.of(
                Arguments.of(new GateState.Missing(), true, "GateMissing"),
                Arguments.of(new GateState.WithoutAuthority(), true, "GateWithoutAuthority"),
                Arguments.of(new GateState.Narrowed("x: `rules`"), true, "GateNarrowed"),
                Arguments.of(WHOLE, false, "WebhookDown"),
                Arguments.of(new GateState.Missing(), false, "GateMissing"));
    }

    @ParameterizedTest
    @MethodSource("causes")
    void law8_gapBeginsWhenTheGateWasLastSeenWholeAndEndsWhenItIsAgain(GateState away, boolean answers, String cause) {
        lookAt(0);
        lookAt(5);
        assertThat(began()).isEmpty();
        gate = away;
        webhook = answers;
        lookAt(7);
        lookAt(9);
        assertThat(began()).as("no later than it was away").contains(START.plusSeconds(5));
        assertThat(book.gap().map(DriftBook.Interval::cause)).contains(cause);
        assertThat(ended).isZero();
        gate = WHOLE;
        webhook = true;
        lookAt(20);
        assertThat(began()).isEmpty();
        assertThat(ended).as("everything is looked at after it").isEqualTo(1);
        assertThat(book.gapAt(START.plusSeconds(12)).orElseThrow().end()).contains(START.plusSeconds(20));
        lookAt(21);
        assertThat(ended).isEqualTo(1);
        assertThat(reader.last()).as("one beginning and one end").isEqualTo(2);
    }

    @Test
    void gateThatWasNeverThereIsNoGapYet() {
        gate = new GateState.Missing();
        lookAt(0);
        lookAt(1);
        assertThat(began()).isEmpty();
        assertThat(reader.last()).isZero();
    }

    @Test
    void gapLastsOverTheEndOfThisProcess() {
        lookAt(0);
        gate = new GateState.Missing();
        lookAt(3);
        restart();
        lookAt(60);
        assertThat(began()).contains(START);
        assertThat(ended).isZero();
        gate = WHOLE;
        lookAt(70);
        assertThat(began()).isEmpty();
        assertThat(ended).isEqualTo(1);
        assertThat(reader.last()).isEqualTo(2);
    }

    @Test
    void timeInWhichNobodyWatchedIsAGapToo() {
        lookAt(0);
        restart();
        openAt(299);
        lookAt(300);
        assertThat(began()).as("the gate is whole again").isPresent();
        lookAt(301);
        assertThat(began()).isEmpty();
        assertThat(ended).isEqualTo(1);
        DriftBook.Interval gap = book.gapAt(START.plusSeconds(100)).orElseThrow();
        assertThat(gap.start()).isEqualTo(START);
        assertThat(gap.end()).contains(START.plusSeconds(301));
        assertThat(gap.cause()).isEqualTo("WebhookDown");
    }

    /// The webhook runs in a process of its own.
    @Test
    void operatorThatWasAwayAloneMakesNoGap() {
        lookAt(0);
        assertThat(state.gateVersion()).contains("uid/1");
        restart();
        lookAt(300);
        lookAt(301);
        assertThat(reader.last()).isZero();
        assertThat(ended).isZero();
    }

    /// Killed and started again before its Lease ended.
    @Test
    void webhookThatBeganToAnswerLaterThanItWasSeenLastWasAwayInBetween() {
        lookAt(0);
        openAt(4);
        lookAt(5);
        assertThat(began()).contains(START);
        lookAt(6);
        assertThat(began()).isEmpty();
        assertThat(ended).isEqualTo(1);
        lookAt(7);
        assertThat(reader.last()).isEqualTo(2);
    }

    /// After an outage of the API server the Leases are renewed a little later.
    @Test
    void leasesThatEndedWhileNobodyCouldRenewThemAreNoGap() {
        lookAt(0);
        gate = new GateState.Unknown();
        lookAt(30);
        gate = WHOLE;
        webhook = false;
        lookAt(31);
        assertThat(began()).isEmpty();
        webhook = true;
        lookAt(35);
        assertThat(reader.last()).isZero();
        webhook = false;
        lookAt(46);
        assertThat(began()).as("for longer than that").isPresent();
    }

    @Test
    void timeInWhichNobodyWatchedAndAfterWhichTheGateIsGoneIsOneGap() {
        lookAt(0);
        restart();
        gate = new GateState.Missing();
        lookAt(300);
        lookAt(301);
        assertThat(began()).contains(START);
        assertThat(reader.last()).isEqualTo(1);
    }

    @Test
    void twoGapsAreTwo() {
        lookAt(0);
        webhook = false;
        lookAt(1);
        webhook = true;
        lookAt(2);
        webhook = false;
        lookAt(3);
        webhook = true;
        lookAt(4);
        assertThat(ended).isEqualTo(2);
        assertThat(reader.last()).isEqualTo(4);
    }

    /// Nothing is known before the watch has seen anything: that is neither a gap nor the end of one.
    @Test
    void gateThatIsNotLookedAtYetIsNotSeenWhole() {
        lookAt(0);
        gate = new GateState.Missing();
        lookAt(3);
        restart();
        gate = new GateState.Unknown();
        lookAt(60);
        assertThat(began()).as("the gap goes on until the gate is seen whole").contains(START);
        assertThat(ended).isZero();
    }
}
