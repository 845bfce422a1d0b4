/// What is live against what was approved: intents, the verdict, its differences, and when a drift event
/// begins and ends. Pure: no clock, no disk, no cluster.
@NullMarked
package dev.interlock.drift;

import org.jspecify.annotations.NullMarked;
