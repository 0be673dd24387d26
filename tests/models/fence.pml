/* The fence (docs/protocols/fence.md), for spin: two operations, a late pod, a re-run, two who undo, a stop, crashes anywhere.
 *
 * Four pods at a time, as CAST says: deploys of try 1 of operation A (of a POST that was delivered twice, there are two),
 * of its try 2 (a re-run's), of try 1 of operation B, and pods that undo try 1 of A. Every pod starts whenever it likes,
 * so "late" needs no clock. In some casts one try of A is told to stop, whenever it likes. B was sent after try 1 of A (B_ORDER 2), or at a moment that the clocks do not tell from it (1).
 *
 * Left out on purpose: the heartbeat. An observer may find that it stood still at any time, also of a holder that
 * lives, for a holder's writes may all fail. What is proved here rests on the pod's end alone.
 *
 * Assumptions: a read, and a compare-and-replace, is one step. A pod that is reported as ended runs nothing any more:
 * only the dead are reported, at once or as late as it may be. Nothing of a killed pod goes on: its helm dies with it.
 * Only the holder is killed: any other pod that is killed is one that the scheduler never chooses again.
 */
#define PODS 4
#define NOBODY 7
#define A 0
#define B 1

mtype = { absent, running, watching, succeeded, failed, undoing, rolled_back, interrupted };
mtype = { acquire, own, follow, answer, leave, observe };

/* the record in the cluster */
mtype state = absent;
byte op = NOBODY;
byte attempt = 0;
byte holder = NOBODY;
byte order = 0;               /* Job::order of what was let in, the highest so far */
byte earlier[2];              /* the highest try of each operation that ended before another took its place, or was refused */
bool told = false;            /* FenceRecord::stop */
bool fresh[PODS];             /* whether a pod has read the version that stands: what a replace is compared with */

bool dead[8];                 /* killed: runs nothing any more */
bool in_helm[PODS];
bool upgraded[6];             /* of operation and try, at op * 3 + try */
bool refused[6];              /* the same: its caller was told so */
bool stopped[6];              /* the same: a stop job has written it down */
byte newest = 0;              /* the highest order that has run helm */

#ifdef FAULT_EARLIER_FORGOTTEN
#define EARLIER 0
#else
#define EARLIER earlier[my_op]
#endif
#ifdef FAULT_STOP_FORGOTTEN
#define TOLD false
#else
#define TOLD told
#endif
#ifdef FAULT_STOP_BEFORE_BEGIN_FORGOTTEN
#define OWN_EARLIER 0
#else
#define OWN_EARLIER earlier[my_op]
#endif
#ifdef FAULT_ORDER_IGNORED
#define ORDER 0
#else
#define ORDER order
#endif
#ifndef B_ORDER
#define B_ORDER 2
#endif

#define HELD(s, h) (s == running || (s == undoing && h != NOBODY))
#define FINAL(s) (s == succeeded || s == failed || s == rolled_back || s == interrupted)

inline written() { fresh[0] = false; fresh[1] = false; fresh[2] = false; fresh[3] = false }

/* wire::decide and wire::decide_undo; on the record itself, for a read and what follows from it are one step */
inline decide(me, my_op, my_try, my_order, undo) {
  if
  :: undo && (state == absent || op != my_op || attempt != my_try) -> move = leave
  :: undo && !(state == absent || op != my_op || attempt != my_try) ->
     if
     :: HELD(state, holder) && holder == me -> move = own
     :: HELD(state, holder) && holder != me && !TOLD -> move = observe
     :: (state == failed || state == watching || state == interrupted) && !TOLD -> move = acquire
     :: else -> move = answer
     fi
  :: !undo && state == absent -> move = acquire
  :: !undo && state != absent && op == my_op ->
     if
     :: attempt > my_try -> move = leave
     :: attempt == my_try && !HELD(state, holder) -> move = answer
#ifdef FAULT_NO_HOLDER_CHECK
     :: attempt == my_try && HELD(state, holder) -> move = own
#else
     :: attempt == my_try && HELD(state, holder) && holder == me -> move = own
     :: attempt == my_try && HELD(state, holder) && holder != me -> move = follow
#endif
     :: attempt < my_try && OWN_EARLIER >= my_try -> move = leave
     :: attempt < my_try && OWN_EARLIER < my_try && HELD(state, holder) -> move = observe
     :: attempt < my_try && OWN_EARLIER < my_try && !HELD(state, holder) && (state == succeeded || !FINAL(state)) -> move = answer
     :: attempt < my_try && OWN_EARLIER < my_try && !HELD(state, holder) && FINAL(state) && state != succeeded -> move = acquire
     fi
  :: !undo && state != absent && op != my_op ->
     if
     :: EARLIER >= my_try || ORDER > my_order -> move = leave
     :: EARLIER < my_try && ORDER <= my_order && FINAL(state) -> move = acquire
     :: EARLIER < my_try && ORDER <= my_order && !FINAL(state) -> move = observe
     fi
  fi
}

/* Written before it is told; a write that loses decides again, so it is one step with the read. */
inline refuse(my_op, my_try) {
#ifndef FAULT_REFUSAL_UNWRITTEN
  if
  :: my_try > earlier[my_op] -> earlier[my_op] = my_try
  :: else
  fi;
  written();
#endif
  refused[my_op * 3 + my_try] = true
}

/* wire::stopping, read and written as one step, for a write that loses decides again. `me` is nobody's. */
inline stop_it(my_op, my_try, my_order) {
  decide(NOBODY, my_op, my_try, my_order, false);
  if
  :: move == leave
  :: move == acquire ->
     if
     :: state != absent && attempt > earlier[op] -> earlier[op] = attempt
     :: else
     fi;
     op = my_op; attempt = my_try; state = interrupted; holder = NOBODY; told = true;
     order = (my_order > order -> my_order : order);
     stopped[my_op * 3 + my_try] = true; written()
  :: move != leave && move != acquire && op != my_op ->
     earlier[my_op] = my_try; stopped[my_op * 3 + my_try] = true; written()
  :: move != leave && move != acquire && op == my_op && (state == succeeded || state == rolled_back)
  :: move != leave && move != acquire && op == my_op && state != succeeded && state != rolled_back ->
     if
     :: attempt < my_try -> earlier[my_op] = my_try; stopped[my_op * 3 + my_try] = true
     :: else
     fi;
     told = true; stopped[op * 3 + attempt] = true;
#ifdef FAULT_STOP_ROBS
     state = interrupted; holder = NOBODY;
#else
     if
     :: !HELD(state, holder) -> state = interrupted
     :: else
     fi;
#endif
     written()
  fi
}

/* A write that wins only against the version that was read. */
inline acquire_it(me, my_op, my_try, my_order, undo) {
  if
  :: fresh[me] ->
     assert(!HELD(state, holder) || holder == me || dead[holder]);  /* the promise: nobody who lives is robbed */
     assert(!stopped[my_op * 3 + my_try]);  /* the promise: nobody takes up what was told to stop */
     told = false;
     if
     :: undo -> state = undoing
     :: !undo ->
        if
        :: state != absent && attempt > earlier[op] -> earlier[op] = attempt
        :: else
        fi;
        op = my_op; attempt = my_try; state = running;
        order = (my_order > order -> my_order : order)
     fi;
     holder = me; written(); move = own
  :: else
  fi
}

/* Under our own operation, try and hold; a lost race reads again and comes to the same. */
inline settle(me, my_op, my_try, next) {
  if
  :: op == my_op && attempt == my_try && holder == me ->
     state = (told && (next == watching || next == failed) -> interrupted : next); holder = NOBODY; written()
  :: else
  fi
}

proctype Pod(byte me; byte my_op; byte my_try; byte my_order; bool undo) provided (!dead[me]) {
  mtype move = observe;
  bool again = false;

  do
  :: move == observe ->
     atomic {
       d_step {
         fresh[me] = true;
         decide(me, my_op, my_try, my_order, undo);
         if
#ifndef FAULT_NO_POD_PROOF
         :: move == observe && HELD(state, holder) && !dead[holder] ->
            move = follow;  /* or refuse: never helm */
            if
            :: op != my_op -> refuse(my_op, my_try)
            :: else
            fi
#endif
         :: else
         fi
       };
       if
       :: move == observe -> move = acquire  /* a dead holder that is reported, or a verdict that nobody waits for */
       :: move == observe ->                 /* not reported yet, or somebody waits */
          move = leave;
          if
          :: op != my_op -> refuse(my_op, my_try)
          :: else
          fi
       :: else
       fi;
       if
       :: move != acquire -> fresh[me] = false
       :: else
       fi
     }
  :: move == acquire ->
     d_step {
       move = (again -> leave : observe);  /* a write that loses reads and decides again, once here */
       again = true;
       acquire_it(me, my_op, my_try, my_order, undo);
       fresh[me] = false
     }
  :: move == own ->
     d_step {
       again = false;
       /* the promises: never two helms at once, one run for a try, none of a refused one, none over a newer operation */
       assert(!(in_helm[0] && !dead[0]) && !(in_helm[1] && !dead[1]) && !(in_helm[2] && !dead[2]) &&
              !(in_helm[3] && !dead[3]));
       if
       :: !undo -> assert(!upgraded[my_op * 3 + my_try]); upgraded[my_op * 3 + my_try] = true;
          assert(!refused[my_op * 3 + my_try]);
          assert(my_order >= newest);
          newest = my_order
       :: else
       fi;
       in_helm[me] = true
     };
     atomic {
       in_helm[me] = false;
       if
       :: undo -> settle(me, my_op, my_try, rolled_back)
       :: !undo -> settle(me, my_op, my_try, watching)
       :: !undo -> settle(me, my_op, my_try, failed)
       :: settle(me, my_op, my_try, interrupted)
       fi;
       move = leave
     }
  :: else -> d_step { again = false; move = leave }; break
  od
}

proctype Stop(byte my_op; byte my_try; byte my_order) {
  mtype move;
  d_step { stop_it(my_op, my_try, my_order) }
}

/* Kills the holder, and comes to the verdict of a rollout, whenever it likes. */
active proctype World() {
end:
  do
  :: d_step { holder != NOBODY && !dead[holder] -> dead[holder] = true }
  :: d_step { state == watching -> state = succeeded; written() }
  od
}

#ifndef CAST
#define CAST 1
#endif

init {
  atomic {
    run Pod(0, A, 1, 1, false);
#if CAST == 1
    run Pod(1, A, 1, 1, false);
    run Pod(2, A, 2, 3, false);
    run Pod(3, B, 1, B_ORDER, false)
#elif CAST == 2
    run Pod(1, A, 1, 1, false);
    run Pod(2, A, 1, 1, true);
    run Pod(3, B, 1, B_ORDER, false)
#elif CAST == 3
    run Pod(1, A, 2, 3, false);
    run Pod(2, A, 1, 1, true);
    run Pod(3, A, 1, 1, true)
#elif CAST == 4
    run Pod(1, A, 1, 1, true);
    run Pod(2, A, 2, 3, false);
    run Pod(3, B, 1, B_ORDER, false)
#elif CAST == 5
    run Pod(1, A, 1, 1, true);
    run Pod(2, A, 2, 3, false);
    run Pod(3, B, 1, B_ORDER, false);
    run Stop(A, 1, 1)
#else
    run Pod(1, A, 1, 1, true);
    run Pod(2, A, 2, 3, false);
    run Pod(3, B, 1, B_ORDER, false);
    run Stop(A, 2, 3)
#endif
  }
}
