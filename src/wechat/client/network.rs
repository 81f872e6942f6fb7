//! Where the platform is, and whether it reaches us (protocol §13).

use serde::Deserialize;
use serde_json::json;

use super::{Client, ClientError, answer};

/// What the platform tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// Finding our address by name.
    Dns,
    /// Reaching it.
    Ping,
    /// Both.
    All,
}

/// Through whose network it tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// 中国电信.
    ChinaNet,
    /// 中国联通.
    Unicom,
    /// 腾讯自建出口.
    Cap,
    /// As the platform chooses.
    Any,
}

/// What the platform found when it tried to reach our callback.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CallbackCheck {
    /// Addresses that our name stands for.
    #[serde(default)]
    pub dns: Vec<Resolved>,
    /// How each was reached.
    #[serde(default)]
    pub ping: Vec<Pinged>,
}

/// An address that our name stands for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Resolved {
    /// The address.
    pub ip: String,
    /// In whose network it is.
    #[serde(default)]
    pub real_operator: String,
}

/// How an address was reached.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Pinged {
    /// The address.
    pub ip: String,
    /// From whose network.
    #[serde(default)]
    pub from_operator: String,
    /// Such as `0%`.
    pub package_loss: String,
    /// Such as `23.079ms`.
    #[serde(default)]
    pub time: String,
}

impl Client {
    /// Has the platform try to reach our callback.
    pub async fn check_callback(&self, probe: Probe, carrier: Carrier) -> Result<CallbackCheck, ClientError> {
        let action = match probe {
            Probe::Dns => "dns",
            Probe::Ping => "ping",
            Probe::All => "all",
        };
        let carrier = match carrier {
            Carrier::ChinaNet => "CHINANET",
            Carrier::Unicom => "UNICOM",
            Carrier::Cap => "CAP",
            Carrier::Any => "DEFAULT",
        };
        let body = json!({ "action": action, "check_operator": carrier });
        answer::whole(&self.query("/cgi-bin/callback/check", &body).await?)
    }

    /// The addresses that callbacks come from; some are ranges.
    pub async fn callback_addresses(&self) -> Result<Vec<String>, ClientError> {
        answer::typed(&self.get("/cgi-bin/getcallbackip", &[]).await?, "ip_list")
    }

    /// The addresses of the API; some are ranges.
    pub async fn api_addresses(&self) -> Result<Vec<String>, ClientError> {
        answer::typed(&self.get("/cgi-bin/get_api_domain_ip", &[]).await?, "ip_list")
    }
}
