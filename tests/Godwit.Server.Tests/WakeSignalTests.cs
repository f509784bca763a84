using Godwit.Server.Tests.Support;
using Godwit.Server.Transports;

namespace Godwit.Server.Tests;

public sealed class WakeSignalTests
{
    public static bool HasEpoll => OperatingSystem.IsLinux();

    [Fact(SkipUnless = nameof(HasEpoll), Skip = "epoll is Linux only")]
    public void A_wake_before_the_sleep_forbids_the_sleep()
    {
        using var epoll = new Epoll();
        using var signal = new WakeSignal(epoll, 0);

        signal.Wake();

        Assert.False(signal.TrySleep());
        signal.StayAwake();
        Assert.True(signal.TrySleep());
    }

    [Fact(SkipUnless = nameof(HasEpoll), Skip = "epoll is Linux only")]
    public void The_event_is_written_only_for_a_sleeper()
    {
        using var epoll = new Epoll();
        using var signal = new WakeSignal(epoll, 0);
        var events = new EpollEvents(4);

        signal.Wake();
        Assert.Equal(0, epoll.Wait(events, 0));

        signal.StayAwake();
        Assert.True(signal.TrySleep());
        signal.Wake();
        signal.Wake();
        Assert.Equal(1, epoll.Wait(events, -1));
        Assert.Equal(0, epoll.Wait(events, 0));     // reported once without being read
    }

    [Fact(SkipUnless = nameof(HasEpoll), Skip = "epoll is Linux only")]
    public void No_wake_is_lost_between_two_threads()
    {
        const int Rounds = 20_000;
        using var epoll = new Epoll();
        using var signal = new WakeSignal(epoll, 0);
        var events = new EpollEvents(4);
        var posted = 0;
        var taken = 0;
        var sleeper = new Thread(() =>
        {
            while (taken < Rounds)
            {
                // A lost wake-up would sleep for ever: the poster posts once and then waits until it is taken.
                _ = epoll.Wait(events, signal.TrySleep() ? -1 : 0);
                signal.StayAwake();
                Volatile.Write(ref taken, Volatile.Read(ref posted));
                Thread.SpinWait(taken % 100 == 0 ? 50_000 : taken % 10);    // posts fall before, into and behind the decision to sleep
            }
        }) { IsBackground = true };
        sleeper.Start();
        var deadline = Environment.TickCount64 + (long)RawClient.Patience.TotalMilliseconds;

        for (var i = 1; i <= Rounds; i++)
        {
            Volatile.Write(ref posted, i);
            signal.Wake();
            while (Volatile.Read(ref taken) < i)
            {
                Assert.True(Environment.TickCount64 < deadline, $"round {i} was not taken");
                Thread.Yield();
            }
        }

        Assert.True(sleeper.Join(RawClient.Patience));
    }
}
