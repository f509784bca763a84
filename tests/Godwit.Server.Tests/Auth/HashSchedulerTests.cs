using System.Net;
using System.Text;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Security.Authentication.Guards;
using Godwit.Server.Security.Authentication.Passwords;
using Godwit.Server.Tests.Auth.Support;

namespace Godwit.Server.Tests.Auth;

public sealed class HashSchedulerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly AuthWorld _world = new();
    private readonly ManualResetEventSlim _gate = new();

    [Fact]
    public async Task Not_more_than_its_workers_hash_at_the_same_time()
    {
        using var scheduler = new HashScheduler(workers: 2, queueMax: 100);
        var running = 0;
        var most = 0;

        var jobs = Enumerable.Range(0, 20).Select(i => scheduler.RunAsync(KeyOf(i), () => true, Work, CancellationToken.None)).ToList();
        await Task.WhenAll(jobs).WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.InRange(most, 1, 2);

        bool Work()
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            Thread.SpinWait(10_000);
            Interlocked.Decrement(ref running);
            return true;
        }
    }

    [Fact]
    public async Task A_login_from_elsewhere_waits_for_one_hash_and_not_for_the_queue_of_an_attacker()
    {
        using var scheduler = new HashScheduler(workers: 1, queueMax: 1_000);
        var order = new List<string>();
        var blocked = scheduler.RunAsync(KeyOf(1), () => true, Blocked, CancellationToken.None);
        var attack = Enumerable.Range(0, 100).Select(_ => scheduler.RunAsync(KeyOf(1), () => true, () => Add("attack"), CancellationToken.None)).ToList();
        var good = scheduler.RunAsync(KeyOf(2), () => true, () => Add("good"), CancellationToken.None);

        _gate.Set();
        await Task.WhenAll([blocked, good, .. attack]).WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.InRange(order.IndexOf("good"), 0, 1);

        bool Add(string who)
        {
            order.Add(who);
            return true;
        }
    }

    [Fact]
    public async Task A_full_queue_is_a_server_that_is_busy()
    {
        using var scheduler = new HashScheduler(workers: 1, queueMax: 2);
        var waiting = Enumerable.Range(0, 10).Select(i => scheduler.RunAsync(KeyOf(i), () => true, Blocked, CancellationToken.None)).ToList();

        Assert.InRange(waiting.Count(job => job.IsCompleted && job.Result == HashOutcome.Busy), 7, 8);
        _gate.Set();
        await Task.WhenAll(waiting).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task One_address_cannot_fill_the_queue()
    {
        using var scheduler = new HashScheduler(workers: 1, queueMax: 10_000);
        var attack = Enumerable.Range(0, 1_000).Select(_ => scheduler.RunAsync(KeyOf(1), () => true, Blocked, CancellationToken.None)).ToList();
        var good = scheduler.RunAsync(KeyOf(2), () => true, () => true, CancellationToken.None);

        Assert.InRange(attack.Count(job => !job.IsCompleted), 1, HashScheduler.PerAddressMax + 1);
        _gate.Set();
        Assert.Equal(HashOutcome.Right, await good.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Who_has_gone_and_what_is_not_wanted_any_more_costs_no_hash()
    {
        using var scheduler = new HashScheduler(workers: 1, queueMax: 10);
        using var gone = new CancellationTokenSource();
        var blocked = scheduler.RunAsync(KeyOf(1), () => true, Blocked, CancellationToken.None);
        var left = scheduler.RunAsync(KeyOf(2), () => true, Fail, gone.Token);
        var unwanted = scheduler.RunAsync(KeyOf(3), () => false, Fail, CancellationToken.None);

        await gone.CancelAsync();
        _gate.Set();

        Assert.Equal(HashOutcome.NotWanted, await unwanted.WaitAsync(Patience, TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Equal(HashOutcome.Right, await blocked);

        static bool Fail() => throw new InvalidOperationException("was computed");
    }

    [Fact]
    public async Task An_end_answers_all_who_wait()
    {
        var scheduler = new HashScheduler(workers: 1, queueMax: 10);
        var jobs = Enumerable.Range(0, 5).Select(i => scheduler.RunAsync(KeyOf(i), () => true, Blocked, CancellationToken.None)).ToList();

        scheduler.Dispose();
        _gate.Set();

        var outcomes = await Task.WhenAll(jobs).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.InRange(outcomes.Count(outcome => outcome == HashOutcome.Busy), 4, 5);
    }

    [Fact]
    public async Task A_wrong_password_is_never_taken_for_a_right_one_that_is_remembered()
    {
        _world.Settings.PasswordFile = _world.WritePasswords("passwd", ("alice", "secret"), ("bob", "hunter2"), ("ab", "c"), ("a", "bc"));
        _world.Settings.FailuresMax = 0;

        for (var round = 0; round < 3; round++)
        {
            Assert.True((await _world.LogInAsync("alice", "secret")).IsAccepted);
            Assert.False((await _world.LogInAsync("alice", "Secret")).IsAccepted);
            Assert.False((await _world.LogInAsync("bob", "secret")).IsAccepted);
            Assert.True((await _world.LogInAsync("ab", "c")).IsAccepted);
            Assert.False((await _world.LogInAsync("abc", "")).IsAccepted);
            Assert.False((await _world.LogInAsync("a", "c")).IsAccepted);
        }
    }

    [Fact]
    public async Task A_login_that_is_remembered_needs_no_worker()
    {
        var source = new CountingSource();
        using var scheduler = new HashScheduler(workers: 1, queueMax: 10);
        var authenticator = new PasswordAuthenticator(source, new LoginCache(10), scheduler);
        await authenticator.AuthenticateAsync(_world.Request("alice", "secret"), TestContext.Current.CancellationToken);
        scheduler.Dispose();

        var again = await authenticator.AuthenticateAsync(_world.Request("alice", "secret"), TestContext.Current.CancellationToken);
        Assert.Equal(ConnackReasonCode.Success, again.Code);

        source.Hash = Pbkdf2Hash.Create("secret"u8, 1);        // the same password, set anew: judged anew
        var anew = await authenticator.AuthenticateAsync(_world.Request("alice", "secret"), TestContext.Current.CancellationToken);
        Assert.Equal(ConnackReasonCode.ServerBusy, anew.Code);
    }

    public void Dispose()
    {
        _gate.Set();
        _world.Dispose();
    }

    private static AddressKey KeyOf(int number) => AddressKey.Of(new IPAddress([10, 0, 0, (byte)number]));

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    private bool Blocked() => _gate.Wait(Patience);

    private sealed class CountingSource : IPasswordSource
    {
        public PasswordHash Hash { get; set; } = Pbkdf2Hash.Create(Encoding.UTF8.GetBytes("secret"), 1);

        public string Name => "counting";

        public bool IsRemote => false;

        public ValueTask<PasswordUser?> FindAsync(string userName, CancellationToken cancellation) => ValueTask.FromResult<PasswordUser?>(new PasswordUser(Hash, []));
    }
}
