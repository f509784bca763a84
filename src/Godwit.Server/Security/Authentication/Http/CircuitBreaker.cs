namespace Godwit.Server.Security.Authentication.Http;

/// <summary>After some failures in a row a service is left alone for a while; then one question tries it again. Any thread.</summary>
/// <param name="time">Of the pause.</param>
/// <param name="breakAfter">Failures in a row; 0: it is never left alone.</param>
/// <param name="pause">How long.</param>
internal sealed class CircuitBreaker(TimeProvider time, int breakAfter, TimeSpan pause)
{
    private readonly Lock _lock = new();
    private int _failures;
    private long _brokenAt;

    /// <summary>May the service be asked? While it is left alone, one question after each pause may.</summary>
    internal bool MayTry()
    {
        lock (_lock)
        {
            if (breakAfter == 0 || _failures < breakAfter)
            {
                return true;
            }

            if (time.GetElapsedTime(_brokenAt) < pause)
            {
                return false;
            }

            _brokenAt = time.GetTimestamp();
            return true;
        }
    }

    /// <summary>The service has answered.</summary>
    internal void Succeeded()
    {
        lock (_lock)
        {
            _failures = 0;
        }
    }

    /// <summary>The service has not answered, or not as it should.</summary>
    /// <returns>True: from now on it is left alone.</returns>
    internal bool Failed()
    {
        lock (_lock)
        {
            _failures++;
            _brokenAt = time.GetTimestamp();
            return breakAfter > 0 && _failures == breakAfter;
        }
    }
}
