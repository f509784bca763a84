using Godwit.Server.Storage;
using Godwit.Server.Tests.Support;
using Godwit.Storage.Files;
using Godwit.Storage.Journals;
using Godwit.Storage.Tools;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Server.Tests;

/// <summary>A backup of a running broker, and everything that breaks it off: the segments are free afterwards, and the next backup is made.</summary>
public sealed class BackupDeskTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "godwit-" + Guid.NewGuid().ToString("N"));
    private readonly ManualResetEventSlim _isCopying = new();
    private readonly ManualResetEventSlim _mayGoOn = new(initialState: true);
    private readonly Journal _journal;
    private BackupDesk _desk;
    private Exception? _fault;
    private bool _isDeaf;
    private long _nowMs = 1_000;

    public BackupDeskTests()
    {
        var options = new JournalOptions { ShardCount = 1, NewStoreId = Guid.NewGuid(), SegmentSizeBytes = 64 << 10 };
        _journal = Journal.Open(new DiskFs(Data), options, _nowMs, 1_700_000_000_000);
        _desk = NewDesk();
        var shard = _journal.ShardLog(0);
        for (var i = 0; i < 1_000; i++)
        {
            shard.PutInbound(shard.NewId(), 1, (ushort)(i + 1));
        }

        shard.Commit(isAwaited: true);
        _journal.RunOnce(_nowMs);
    }

    private string Data => Path.Combine(_folder, "data");

    private string Destination => Path.Combine(_folder, "backup");

    [Fact]
    public async Task A_backup_is_made_and_answered_and_the_segments_are_free_again()
    {
        var request = BackupRequest.Place(Data, Destination);

        Look();
        Assert.True(_journal.Stats.IsPinned);
        Assert.Equal("", await AnswerAsync(request));

        IsFree();
        Assert.True(StoreInspector.Inspect(Destination, cancellationToken: TestContext.Current.CancellationToken).IsSound);
    }

    [Fact]
    public async Task A_command_that_is_killed_in_the_middle_leaves_a_complete_backup_and_free_segments()
    {
        BackupRequest.Place(Data, Destination);         // and nobody looks for the answer
        await BeginAsync();

        _mayGoOn.Set();
        await Eventually.IsTrueAsync(() => Look() && !_journal.Stats.IsPinned, "the backup ends");

        Assert.True(StoreInspector.Inspect(Destination, cancellationToken: TestContext.Current.CancellationToken).IsSound);
        await TheNextOneIsMadeAsync();
        _desk.Dispose();
        _desk = NewDesk();
        Assert.Empty(Directory.GetFiles(Data, "backup.*"));
    }

    [Fact]
    public async Task Without_room_at_the_destination_the_reason_is_the_answer_and_nothing_is_left_of_the_copy()
    {
        _fault = new StoreFullException("no space left for the copy");
        var request = BackupRequest.Place(Data, Destination);

        Look();
        Assert.Equal("no space left for the copy", await AnswerAsync(request));

        IsFree();
        _fault = null;
        await TheNextOneIsMadeAsync();
    }

    [Fact]
    public async Task An_exception_that_nobody_expects_ends_the_backup_and_nothing_else()
    {
        _fault = new InvalidOperationException("as the test wants it");
        var request = BackupRequest.Place(Data, Destination);

        Look();
        Assert.Equal("as the test wants it", await AnswerAsync(request));

        IsFree();
        _fault = null;
        await TheNextOneIsMadeAsync();
    }

    [Fact]
    public async Task A_broker_that_stops_in_the_middle_breaks_the_backup_off_and_says_so()
    {
        var request = BackupRequest.Place(Data, Destination);
        await BeginAsync();

        var stopping = Task.Run(_desk.Stop, TestContext.Current.CancellationToken);
        await Eventually.EndsAsync(stopping);

        Assert.Equal("the broker was stopped", request.TryTakeAnswer(Data));
        IsFree();
        Assert.Empty(Files(Destination));
    }

    [Fact]
    public async Task Two_commands_at_once_do_not_disturb_each_other()
    {
        var first = BackupRequest.Place(Data, Destination);
        var refused = Assert.Throws<StoreToolException>(() => BackupRequest.Place(Data, Path.Combine(_folder, "other")));
        await BeginAsync();
        var second = BackupRequest.Place(Data, Path.Combine(_folder, "other"));
        LookLater();

        Assert.Contains(Path.Combine(Data, BackupRequest.FileName), refused.Message);
        Assert.Equal($"a backup to {Destination} is going on. Try again when it has ended.", second.TryTakeAnswer(Data));
        Assert.Null(first.TryTakeAnswer(Data));
        second.Withdraw(Data);
        _mayGoOn.Set();
        Assert.Equal("", await AnswerAsync(first));
        IsFree();
        Assert.True(StoreInspector.Inspect(Destination, cancellationToken: TestContext.Current.CancellationToken).IsSound);
        Assert.False(Directory.Exists(Path.Combine(_folder, "other")));
    }

    [Fact]
    public async Task Who_gives_up_takes_only_the_own_request_back()
    {
        var first = BackupRequest.Place(Data, Destination);
        LookLater();
        var second = BackupRequest.Place(Data, Destination);

        first.Withdraw(Data);

        Assert.True(File.Exists(Path.Combine(Data, BackupRequest.FileName)));
        second.Withdraw(Data);
        Assert.False(File.Exists(Path.Combine(Data, BackupRequest.FileName)));
        await Eventually.IsTrueAsync(() => Look() && !_journal.Stats.IsPinned, "the first backup ends");
    }

    [Fact]
    public async Task A_destination_that_hangs_does_not_hold_the_segments_for_ever()
    {
        var request = BackupRequest.Place(Data, Destination);
        await BeginAsync(isDeaf: true);
        _nowMs += 599_000;
        Look();
        Assert.True(_journal.Stats.IsPinned);

        _nowMs += 1_000;
        Look();

        Assert.Equal("nothing could be copied for 600 seconds", request.TryTakeAnswer(Data));
        IsFree();
        var second = BackupRequest.Place(Data, Path.Combine(_folder, "other"));
        LookLater();
        Assert.Equal("an earlier backup, which was broken off, has not let go of its destination. Try again when it has ended.", second.TryTakeAnswer(Data));
        _mayGoOn.Set();
        await TheNextOneIsMadeAsync();
        Assert.Empty(Files(Destination));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("no id\n/tmp/x\n")]
    [InlineData("5f0c1d8e-1111-4222-8333-944455556666")]
    [InlineData("5f0c1d8e-1111-4222-8333-944455556666\n")]
    public async Task A_request_that_makes_no_sense_is_taken_away(string text)
    {
        await File.WriteAllTextAsync(Path.Combine(Data, BackupRequest.FileName), text, TestContext.Current.CancellationToken);

        LookLater();

        Assert.Empty(Directory.GetFiles(Data, "backup.*"));
        IsFree();
        await TheNextOneIsMadeAsync();
    }

    [Theory]
    [InlineData("", "is no absolute path")]
    [InlineData("relative/path", "is no absolute path")]
    [InlineData("/nul\0character", "Null character")]
    [InlineData("/proc/nowhere/at/all", "/proc/nowhere")]
    public async Task A_destination_that_makes_no_sense_is_refused(string destination, string words)
    {
        var request = BackupRequest.Place(Data, destination);

        LookLater();

        Assert.Contains(words, await AnswerAsync(request));
        IsFree();
        await TheNextOneIsMadeAsync();
    }

    [Fact]
    public async Task Whatever_lies_in_place_of_the_request_the_broker_goes_on()
    {
        var path = Path.Combine(Data, BackupRequest.FileName);
        using (var huge = File.OpenWrite(path))
        {
            huge.SetLength(1L << 40);           // a sparse file of a terabyte
        }

        LookLater();
        Assert.False(File.Exists(path));
        Directory.CreateDirectory(path);
        LookLater();
        _desk.Dispose();
        _desk = NewDesk();
        Assert.Throws<IOException>(() => BackupRequest.Place(Data, Destination));
        Assert.Single(Directory.GetFileSystemEntries(Data, "backup.*"));
        Directory.Delete(path);
        await TheNextOneIsMadeAsync();
    }

    public void Dispose()
    {
        _mayGoOn.Set();
        _desk.Stop();
        _desk.Dispose();
        _journal.Dispose();
        _isCopying.Dispose();
        _mayGoOn.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private BackupDesk NewDesk() => new(Data, _journal, NullLogger.Instance, () => { }, Copy);

    private void Copy(string directory, string destination, IReadOnlyList<BackupFile> files, Action<long> onCopied, CancellationToken cancellationToken)
    {
        StoreBackup.CopyDirectory(directory, destination, files, count =>
        {
            onCopied(count);
            _isCopying.Set();
            _mayGoOn.Wait(_isDeaf ? CancellationToken.None : cancellationToken);
            if (_fault is not null)
            {
                throw _fault;
            }
        }, cancellationToken);
    }

    /// <summary>The desk takes the request, and its copy stops in the middle.</summary>
    private async Task BeginAsync(bool isDeaf = false)
    {
        _isDeaf = isDeaf;
        _mayGoOn.Reset();
        LookLater();
        await Eventually.IsTrueAsync(() => _isCopying.IsSet, "the copy begins");
        Look();                                 // has seen how far it is
        Assert.True(_journal.Stats.IsPinned);
    }

    private bool Look()
    {
        _desk.Look(_nowMs);
        return true;
    }

    private void LookLater()
    {
        _nowMs += 1_000;
        Look();
    }

    private async Task<string> AnswerAsync(BackupRequest request)
    {
        string? answer = null;
        await Eventually.IsTrueAsync(() => Look() && (answer = request.TryTakeAnswer(Data)) is not null, "an answer");
        return answer!;
    }

    private void IsFree() => Assert.False(_journal.Stats.IsPinned);

    private async Task TheNextOneIsMadeAsync()
    {
        var destination = Path.Combine(_folder, "next");
        await Eventually.IsTrueAsync(() => !File.Exists(Path.Combine(Data, BackupRequest.FileName)), "the last request is taken");
        string answer;
        do
        {
            var request = BackupRequest.Place(Data, destination);
            LookLater();
            answer = await AnswerAsync(request);
        }
        while (answer.StartsWith("an earlier backup", StringComparison.Ordinal));

        Assert.Equal("", answer);
        IsFree();
        Assert.True(StoreInspector.Inspect(destination, cancellationToken: TestContext.Current.CancellationToken).IsSound);
    }

    private static string[] Files(string directory) => Directory.Exists(directory) ? Directory.GetFiles(directory) : [];
}
