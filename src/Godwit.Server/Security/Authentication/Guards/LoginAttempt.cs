using Godwit.Protocol.ReasonCodes;

namespace Godwit.Server.Security.Authentication.Guards;

/// <summary>One login on its way through a chain. Sources that are asked something expensive call <see cref="AdmitAsync"/> before.</summary>
internal sealed class LoginAttempt(AuthenticationRequest request, FailureGuard guard, WaitingRoom room)
{
    private bool _isAdmitted;

    /// <summary>Whose failure it would be; a source that learns the name later than CONNECT sets it before it asks to be admitted.</summary>
    internal string UserName { get; set; } = request.UserName ?? "";

    /// <summary>May this client be judged now? Waits a short delay; refuses a long one, and when too many wait.</summary>
    /// <returns>Null: yes. Else the refusal.</returns>
    internal async ValueTask<AuthenticationVerdict?> AdmitAsync(CancellationToken cancellation)
    {
        if (_isAdmitted)
        {
            return null;
        }

        for (var delay = Delay; delay > TimeSpan.Zero; delay = Delay)
        {
            if (!await room.TryWaitAsync(delay, cancellation).ConfigureAwait(false))
            {
                return AuthenticationVerdict.Refuse(ConnackReasonCode.ConnectionRateExceeded, "too many failed logins of this address or user; not judged");
            }
        }

        _isAdmitted = true;
        return null;
    }

    /// <summary>Nobody else at this address has failed too often while this one waited for its turn.</summary>
    internal bool IsStillAdmitted => Delay == TimeSpan.Zero;

    private TimeSpan Delay => guard.DelayOf(request.Address, UserName);
}
