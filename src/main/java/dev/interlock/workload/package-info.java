/// What a decision is about: the object, its pods and images, its significant content. Pure: `java.*` and JSpecify
/// only.
@NullMarked
package dev.interlock.workload;

import org.jspecify.annotations.NullMarked;
