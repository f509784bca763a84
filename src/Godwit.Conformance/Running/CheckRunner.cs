using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Running;

/// <summary>Runs checks against one broker, many at once. It ends however sick the broker is.</summary>
public sealed class CheckRunner(Endpoint endpoint, RunnerOptions options)
{
    private static readonly TimeSpan TidyTimeMax = TimeSpan.FromSeconds(3);

    private readonly string _run = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray().AsSpan(0, 3));
    private readonly Dictionary<ProtocolVersion, string> _refusals = [];
    private int _unreachable;

    /// <summary>Runs the checks; those that wait come first.</summary>
    /// <param name="checks">Each is run once.</param>
    /// <param name="onResult">Told of each verdict as it comes, one at a time.</param>
    /// <param name="cancellationToken">Ends the run early; the rest is then not run.</param>
    /// <returns>One verdict for each check, in the order of <paramref name="checks"/>.</returns>
    /// <exception cref="UnreachableException">No version that the checks need gets a CONNACK.</exception>
    public async Task<IReadOnlyList<CheckResult>> RunAsync(
        IReadOnlyList<Check> checks, Action<CheckResult>? onResult = null, CancellationToken cancellationToken = default)
    {
        await FindVersionsAsync([.. checks.Select(check => check.Version).Distinct()], cancellationToken);

        var results = new CheckResult[checks.Count];
        var queue = Channel.CreateUnbounded<int>();
        foreach (var index in Enumerable.Range(0, checks.Count).OrderByDescending(index => checks[index].Waits))
        {
            queue.Writer.TryWrite(index);
        }

        queue.Writer.Complete();
        var reporting = new Lock();
        await Task.WhenAll(Enumerable.Range(0, options.Concurrency).Select(async _ =>
        {
            while (queue.Reader.TryRead(out var index))
            {
                var result = await RunOneAsync(checks[index], index, cancellationToken);
                results[index] = result;
                lock (reporting)
                {
                    onResult?.Invoke(result);
                }
            }
        }));
        return results;
    }

    private async Task<CheckResult> RunOneAsync(Check check, int index, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return new CheckResult(check, CheckOutcome.NotRun) { Reason = "the run was ended" };
        }

        if (Volatile.Read(ref _unreachable) >= options.UnreachableMax)
        {
            return new CheckResult(check, CheckOutcome.NotRun) { Reason = "the broker could not be reached any more" };
        }

        if (_refusals.TryGetValue(check.Version, out var refusal))
        {
            return new CheckResult(check, CheckOutcome.Skipped) { Reason = $"the broker does not speak {check.VersionText}: {refusal}" };
        }

        var started = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.CheckTimeMax);
        var prefix = string.Create(CultureInfo.InvariantCulture, $"gw{_run}n{index}");
        var probe = new Probe(endpoint, check.Version, prefix, options.Patience, limit.Token);
        var result = await JudgeAsync(check, probe, cancellationToken);
        if (string.Equals(result.Expected, Probe.AConnection, StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _unreachable);
        }
        else
        {
            Volatile.Write(ref _unreachable, 0);
            limit.CancelAfter(TidyTimeMax);
        }

        await probe.DisposeAsync();
        return result with { Observations = probe.Observations, Transcript = probe.Transcript.Lines, Duration = Stopwatch.GetElapsedTime(started) };
    }

    private async Task<CheckResult> JudgeAsync(Check check, Probe probe, CancellationToken cancellationToken)
    {
        try
        {
            await check.RunAsync(probe);
            return new CheckResult(check, CheckOutcome.Passed);
        }
        catch (CheckFailedException failure)
        {
            return Failed(failure.Expected, failure.Came);
        }
        catch (CheckSkippedException skip)
        {
            return new CheckResult(check, CheckOutcome.Skipped) { Reason = skip.Message };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new CheckResult(check, CheckOutcome.NotRun) { Reason = "the run was ended" };
        }
        catch (OperationCanceledException)
        {
            return Failed(
                "an end of the exchange",
                string.Create(CultureInfo.InvariantCulture, $"none within {options.CheckTimeMax.TotalSeconds:0.#} s"));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return Failed("a working connection", exception.Message);
        }

        CheckResult Failed(string expected, string came) =>
            new(check, CheckOutcome.Failed) { Expected = expected, Came = came, Sent = probe.Transcript.LastSent };
    }

    /// <summary>Connects once in each version, so that a version which the broker does not know is one line and not hundreds.</summary>
    private async Task FindVersionsAsync(IReadOnlyList<ProtocolVersion> versions, CancellationToken cancellationToken)
    {
        foreach (var version in versions)
        {
            await using var probe = new Probe(endpoint, version, $"gw{_run}v{(int)version}", options.Patience, cancellationToken);
            try
            {
                var client = await probe.ConnectAsync();
                await client.DisconnectAsync();
            }
            catch (CheckFailedException failure)
            {
                _refusals[version] = failure.Message;
            }
        }

        if (versions.Count > 0 && _refusals.Count == versions.Count)
        {
            throw new UnreachableException($"{endpoint.Name}: {_refusals[versions[^1]]}");
        }
    }
}
