from firmware.core.face import LIVE, LOST, LOST_AFTER_MS, STARTING, FaceKeeper, GatewayWatch
from firmware.core.ticks import NEVER
from firmware.wire import words


def live_watch(now_ms=0, epoch=7):
    watch = GatewayWatch(now_ms)
    watch.state(words.READY, epoch, now_ms)
    return watch


def test_a_gateway_that_never_spoke_is_lost_after_three_beats_time():
    watch = GatewayWatch(100)
    watch.tick(100 + LOST_AFTER_MS - 1)
    assert watch.status == STARTING
    watch.tick(100 + LOST_AFTER_MS)
    assert watch.status == LOST
    assert watch.due_ms == NEVER


def test_beats_keep_it_alive_and_three_missed_ones_do_not():
    watch = live_watch()
    for now_ms in range(0, 20_000, words.BEAT_EVERY_MS):
        watch.tick(now_ms)
        watch.beat(7, now_ms)
        assert watch.status == LIVE
    last_ms = 18_000
    watch.tick(last_ms + 3 * words.BEAT_EVERY_MS)
    assert watch.status == LIVE, "the third beat may still be on its way"
    watch.tick(last_ms + LOST_AFTER_MS)
    assert watch.status == LOST
    watch.beat(7, last_ms + 9_000)
    assert watch.status == LIVE, "it was only slow"


def test_a_beat_of_another_epoch_proves_nothing():
    watch = live_watch()
    watch.beat(6, 5_000)
    watch.tick(LOST_AFTER_MS)
    assert watch.status == LOST
    watch.beat(6, 7_000)
    assert watch.status == LOST


def test_a_gateway_that_says_it_is_lost_or_goes_is_lost_at_once():
    for s in (words.LOST, words.GONE):
        watch = live_watch()
        watch.state(s, None, 10)
        assert watch.status == LOST
        assert watch.epoch is None
        watch.beat(7, 20)
        assert watch.status == LOST, "a beat alone does not bring it back"


def test_a_link_that_never_was_is_no_loss_yet():
    watch = GatewayWatch(0)
    watch.gone()
    assert watch.status == STARTING
    watch.tick(LOST_AFTER_MS)
    assert watch.status == LOST


def face(epoch, rev):
    return {"epoch": epoch, "rev": rev}


def test_only_a_face_of_the_live_epoch_is_live():
    faces = FaceKeeper()
    faces.take(face(7, 3), 7)
    assert faces.live(7) == face(7, 3)
    assert faces.live(8) is None
    assert faces.live(None) is None


def test_an_older_rev_is_ignored_and_the_same_taken_again():
    faces = FaceKeeper()
    first, older, same = face(7, 3), face(7, 2), face(7, 3)
    faces.take(first, 7)
    faces.take(older, 7)
    assert faces.live(7) is first
    faces.take(same, 7)
    assert faces.live(7) is same
    newer = face(7, 4)
    faces.take(newer, 7)
    assert faces.live(7) is newer


def test_a_face_may_come_before_the_state_of_its_gateway():
    faces = FaceKeeper()
    faces.take(face(7, 9), 7)
    faces.take(face(8, 1), 7)
    assert faces.live(7) == face(7, 9), "the old one stays until the new gateway is there"
    faces.epoch_is(8)
    assert faces.live(8) == face(8, 1), "a new epoch counts its revs anew"
    faces.epoch_is(8)
    assert faces.live(8) == face(8, 1)


def test_a_waiting_face_does_not_replace_a_newer_one():
    faces = FaceKeeper()
    faces.take(face(8, 1), None)
    faces.take(face(8, 2), 8)
    faces.epoch_is(8)
    assert faces.live(8) == face(8, 2)
    faces.epoch_is(None)
    assert faces.live(None) is None
